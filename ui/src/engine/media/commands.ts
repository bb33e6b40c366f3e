// What the call may have the devices do.

import type { StepContext } from '../step-context';
import { request } from './device';
import type { DeviceSlot } from './slot';

/** Captures a wanted device; retries one that failed. */
export function requestWanted(context: StepContext, slot: DeviceSlot): void {
  const { wanted, capture } = context.state.media[slot];
  if (wanted && (capture.kind === 'idle' || capture.kind === 'failed')) request(context, slot);
}
