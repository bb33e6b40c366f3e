// Media port: camera, microphone, speaker and the device list.
//
// Invariant: a device list is reported only if it changed.

import type { MediaEvent } from '../../engine/event';
import type { DeviceSlot, Slot } from '../../engine/media/slot';
import type { Device, DeviceChoice } from '../../engine/state';
import type { MediaPort } from '../../ports';
import { streamSlot } from '../stream-source';
import { acquireTogether } from './acquire';
import { capture, type Capture, type CaptureWorld } from './capture';
import { listDevices, sameDevices } from './devices';
import { speaker } from './speaker';
import { batch } from './batch';

/** What this person sends, by slot. */
export interface CapturedTracks {
  readonly track: (slot: Slot) => MediaStreamTrack | null;
  readonly subscribe: (listener: () => void) => () => void;
}

export function media(): MediaPort & { readonly captured: CapturedTracks } {
  let listener: ((event: MediaEvent) => void) | null = null;
  let known: readonly Device[] = [];
  let chosenSpeaker: DeviceChoice | null = null;
  const local = streamSlot();
  const output = speaker();

  const refreshDevices = async (): Promise<void> => {
    const devices = await listDevices();
    if (sameDevices(devices, known)) return;
    known = devices;
    // The chosen speaker may have appeared, vanished, or got its label now.
    output.choose(chosenSpeaker);
    listener?.({ type: 'devices-changed', devices });
  };

  const world: CaptureWorld = {
    acquire: batch(acquireTogether),
    tell(event) {
      listener?.(event);
      // The first permission reveals the device labels.
      if (event.type === 'captured') void refreshDevices();
    },
    trackChanged() {
      const tracks = Object.values(captures).map(({ track }) => track());
      local.show(tracks.filter((track) => track !== null));
    },
  };
  const captures: Readonly<Record<DeviceSlot, Capture>> = {
    microphone: capture('microphone', world),
    camera: capture('camera', world),
  };

  return {
    local,
    captured: {
      subscribe: local.subscribe,
      track: (slot) => (slot === 'microphone' || slot === 'camera' ? captures[slot].track() : null),
    },
    listen(heard) {
      listener = heard;
      const { mediaDevices } = navigator as Partial<Pick<Navigator, 'mediaDevices'>>;
      mediaDevices?.addEventListener('devicechange', () => void refreshDevices());
      void refreshDevices();
    },
    capture(slot, request) {
      captures[slot].request(request);
    },
    chooseSpeaker(device) {
      chosenSpeaker = device;
      output.choose(device);
    },
  };
}
