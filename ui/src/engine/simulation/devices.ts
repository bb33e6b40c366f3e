// A fake camera and microphone: slow, failing, unplugged; the newest request wins.

import type { MediaEvent } from '../event';
import type { CaptureKind } from '../media';
import type { Clock } from './clock';
import type { Random } from './random';

export interface Devices {
  capture(kind: CaptureKind, request: { readonly on: boolean; readonly keep: boolean }): void;
  unplug(kind: CaptureKind): void;
  isDelivering(kind: CaptureKind): boolean;
}

export function fakeDevices(
  clock: Clock,
  random: Random,
  faultRates: number,
  tell: (event: MediaEvent) => void,
): Devices {
  const requests = { microphone: 0, camera: 0 };
  const held = { microphone: false, camera: false };
  const enabled = { microphone: false, camera: false };
  const takes = (): number => (random.chance(faultRates) ? 15_000 : random.between(0, 800));
  return {
    capture(kind, { on, keep }) {
      requests[kind] += 1;
      const request = requests[kind];
      enabled[kind] = on;
      if (!on) {
        if (!keep) held[kind] = false;
        return;
      }
      clock.after(held[kind] ? 0 : takes(), () => {
        if (request !== requests[kind]) return;
        if (random.chance(faultRates)) {
          held[kind] = false;
          return tell({ type: 'capture-failed', kind, problem: 'busy' });
        }
        held[kind] = true;
        tell({ type: 'captured', kind, device: { id: kind, label: kind } });
      });
    },
    unplug(kind) {
      if (!held[kind]) return;
      held[kind] = false;
      tell({ type: 'capture-ended', kind });
    },
    isDelivering: (kind) => held[kind] && enabled[kind],
  };
}
