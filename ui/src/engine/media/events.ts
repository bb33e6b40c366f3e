// Events of the devices: switches and choices of the person, answers of the capture.

import type { DeviceSlot } from './slot';
import type { CaptureProblem, Device, DeviceChoice } from './state';

export type MediaPersonEvent =
  /** A view shows the own video before a call: lobby and empty room. */
  | { readonly type: 'preview-opened' }
  | { readonly type: 'preview-closed' }
  | { readonly type: 'microphone-toggled' }
  | { readonly type: 'camera-toggled' }
  | {
      readonly type: 'device-chosen';
      readonly kind: Device['kind'];
      readonly device: DeviceChoice | null;
    };

export type MediaEvent =
  | { readonly type: 'devices-changed'; readonly devices: readonly Device[] }
  | { readonly type: 'captured'; readonly slot: DeviceSlot; readonly device: DeviceChoice }
  | {
      readonly type: 'capture-failed';
      readonly slot: DeviceSlot;
      readonly problem: CaptureProblem;
    }
  /** The track ended: unplugged, or revoked by the system. */
  | { readonly type: 'capture-ended'; readonly slot: DeviceSlot };
