// Camera, microphone, speaker and the list of devices, from the browser engine.
//
// Invariant: a list of devices is told only when it differs from the one told before.

import type { MediaEvent } from '../../engine/event';
import type { Device, DeviceChoice } from '../../engine/state';
import type { MediaPort } from '../../ports';
import { streamSlot } from '../stream-source';
import { acquireTogether, type CaptureKind } from './acquire';
import { capture, type Capture, type CaptureWorld } from './capture';
import { listDevices, sameDevices } from './devices';
import { speaker } from './speaker';
import { together } from './together';

export function media(): MediaPort {
  let listener: ((event: MediaEvent) => void) | null = null;
  let known: readonly Device[] = [];
  let chosenSpeaker: DeviceChoice | null = null;
  const local = streamSlot();
  const output = speaker();

  const refreshDevices = async (): Promise<void> => {
    const devices = await listDevices();
    if (sameDevices(devices, known)) return;
    known = devices;
    // The chosen one may have come, gone, or got its name only now.
    output.choose(chosenSpeaker);
    listener?.({ type: 'devices-changed', devices });
  };

  const world: CaptureWorld = {
    acquire: together(acquireTogether),
    tell(event) {
      listener?.(event);
      // With the first permission the devices get names.
      if (event.type === 'captured') void refreshDevices();
    },
    trackChanged() {
      const tracks = Object.values(captures).map(({ track }) => track());
      local.show(tracks.filter((track) => track !== null));
    },
  };
  const captures: Readonly<Record<CaptureKind, Capture>> = {
    microphone: capture('microphone', world),
    camera: capture('camera', world),
  };

  return {
    local,
    listen(heard) {
      listener = heard;
      const { mediaDevices } = navigator as Partial<Pick<Navigator, 'mediaDevices'>>;
      mediaDevices?.addEventListener('devicechange', () => void refreshDevices());
      void refreshDevices();
    },
    capture(kind, wish) {
      captures[kind].wish(wish);
    },
    chooseSpeaker(device) {
      chosenSpeaker = device;
      output.choose(device);
    },
  };
}
