// What the call may have the devices do.

import type { StepContext } from '../step-context';
import { keepCamera, request, toggle } from './device';
import type { DeviceSlot } from './slot';

/** Captures a wanted device; retries one that failed. */
export function requestWanted(context: StepContext, slot: DeviceSlot): void {
  const { wanted, capture } = context.state.media[slot];
  if (wanted && (capture.kind === 'idle' || capture.kind === 'failed')) request(context, slot);
}

/** Turns a wanted camera off until the call ends or the person turns it on. */
export function pauseCamera(context: StepContext): void {
  if (!context.state.media.camera.wanted) return;
  toggle(context, 'camera');
  const { media } = context.state;
  context.state = { ...context.state, media: { ...media, cameraAfterCall: 'on' } };
}

/** After the call, the camera is as it was before. */
export function restoreCamera(context: StepContext): void {
  if (context.state.media.cameraAfterCall === 'as-is') return;
  keepCamera(context);
  if (!context.state.media.camera.wanted) toggle(context, 'camera');
}
