// What other slices may ask about the devices.

import type { State } from '../state';
import { DEVICE_SLOTS } from './slot';
import type { DeviceState } from './state';

/** Whether a preview is open or a call is on. */
export function isCapturing({ media, call }: State): boolean {
  return media.previews > 0 || isInCall({ call });
}

/** Whether a call is starting or on. */
export function isInCall({ call }: Pick<State, 'call'>): boolean {
  return call.kind === 'starting' || call.kind === 'active';
}

/** Whether each wanted device is captured or has failed. */
export function isCaptureSettled({ media }: State): boolean {
  return DEVICE_SLOTS.every((slot) => {
    const { wanted, capture } = media[slot];
    return !wanted || capture.kind === 'on' || capture.kind === 'failed';
  });
}

export function isSending({ wanted, capture }: DeviceState): boolean {
  return wanted && capture.kind === 'on';
}
