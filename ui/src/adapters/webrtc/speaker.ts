// Plays all media elements through the chosen speaker.
//
// Invariant: each media element follows: `loadstart` does not bubble, but the document captures it.

import type { DeviceChoice } from '../../engine/state';
import { findDevice, listDevices } from './devices';

export interface Speaker {
  choose(device: DeviceChoice | null): void;
}

export function speaker(): Speaker {
  let sink = '';

  document.addEventListener(
    'loadstart',
    ({ target }) => {
      if (target instanceof HTMLMediaElement) play(target, sink);
    },
    true,
  );

  let newest: DeviceChoice | null = null;
  const follow = async (device: DeviceChoice | null): Promise<void> => {
    const devices = await listDevices();
    if (newest !== device) return;
    sink = findDevice(device, 'speaker', devices)?.id ?? '';
    for (const element of document.querySelectorAll('audio, video')) {
      if (element instanceof HTMLMediaElement) play(element, sink);
    }
  };

  return {
    choose(device) {
      newest = device;
      void follow(device);
    },
  };
}

function play(element: HTMLMediaElement, sink: string): void {
  // Not in every browser. A missing speaker leaves the audio on the default one.
  if (!('setSinkId' in element) || element.sinkId === sink) return;
  element.setSinkId(sink).catch(() => undefined);
}
