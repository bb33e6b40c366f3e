// A fake camera and microphone: slow, failing, unplugged; the newest request wins.

import type { MediaEvent } from '../event';
import type { DeviceSlot } from '../media/slot';
import type { Clock } from './clock';
import type { Random } from './random';

export interface Devices {
  capture(slot: DeviceSlot, request: { readonly on: boolean; readonly keep: boolean }): void;
  unplug(slot: DeviceSlot): void;
  isDelivering(slot: DeviceSlot): boolean;
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
    capture(slot, { on, keep }) {
      requests[slot] += 1;
      const request = requests[slot];
      enabled[slot] = on;
      if (!on) {
        if (!keep) held[slot] = false;
        return;
      }
      clock.after(held[slot] ? 0 : takes(), () => {
        if (request !== requests[slot]) return;
        if (random.chance(faultRates)) {
          held[slot] = false;
          return tell({ type: 'capture-failed', slot, problem: 'busy' });
        }
        held[slot] = true;
        tell({ type: 'captured', slot, device: { id: slot, label: slot } });
      });
    },
    unplug(slot) {
      if (!held[slot]) return;
      held[slot] = false;
      tell({ type: 'capture-ended', slot });
    },
    isDelivering: (slot) => held[slot] && enabled[slot],
  };
}
