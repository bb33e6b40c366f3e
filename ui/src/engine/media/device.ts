// One device: its state, and the request to capture it.

import { emit, type StepContext } from '../step-context';
import { isCapturing } from './queries';
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

/** Switches a device; releases or mutes it. */
export function toggle(context: StepContext, slot: DeviceSlot): void {
  const { wanted, capture, chosen: device } = context.state.media[slot];
  update(context, slot, { wanted: !wanted });
  if (!isCapturing(context.state)) return;
  if (!wanted) return request(context, slot);
  const keep = slot === 'microphone';
  if (!keep || capture.kind !== 'on') update(context, slot, { capture: { kind: 'idle' } });
  emit(context, { type: 'media-capture', slot, on: false, keep, device });
}

/** The camera's switch stays as it is. */
export function keepCamera(context: StepContext): void {
  const { media } = context.state;
  if (media.cameraAfterCall === 'as-is') return;
  context.state = { ...context.state, media: { ...media, cameraAfterCall: 'as-is' } };
}
