// One device: its state, and the request to capture it.

import { emit, type StepContext } from '../step-context';
import type { DeviceSlot } from './slot';
import type { DeviceState } from './state';

export function update(context: StepContext, slot: DeviceSlot, change: Partial<DeviceState>): void {
  const { media } = context.state;
  const device = { ...media[slot], ...change };
  context.state = { ...context.state, media: { ...media, [slot]: device } };
}

export function request(context: StepContext, slot: DeviceSlot): void {
  const { capture, chosen: device } = context.state.media[slot];
  // The current device stays on until the new one is captured.
  if (capture.kind !== 'on') update(context, slot, { capture: { kind: 'asking' } });
  emit(context, { type: 'media-capture', slot, on: true, keep: false, device });
}
