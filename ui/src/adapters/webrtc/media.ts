// Media port: camera, microphone, speaker and the device list.
//
// Invariant: a device list is reported only if it changed.

import type { MediaEvent } from '../../engine/event';
import type { Device, DeviceChoice } from '../../engine/state';
import type { MediaPort } from '../../ports';
import { streamSlot } from '../stream-source';
import { acquireTogether, type CaptureKind } from './acquire';
import { capture, type Capture, type CaptureWorld } from './capture';
import { listDevices, sameDevices } from './devices';
import { speaker } from './speaker';
import { batch } from './batch';

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
    capture(kind, request) {
      captures[kind].request(request);
    },
    chooseSpeaker(device) {
      chosenSpeaker = device;
      output.choose(device);
    },
  };
}
