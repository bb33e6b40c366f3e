// Cameras and the call: how many there may be, and calls by voice.
//
// Invariant: who comes with the ninth camera comes with audio only, and is told. A camera that a
// call turned off is wanted again afterwards.

import { pauseCamera, restoreCamera } from '../media/commands';
import { isInCall } from '../media/queries';
import type { State } from '../state';
import { activeCall, say, type StepContext } from '../step-context';
import { camerasIn } from './members';

/** Every member sends its camera to every other one. */
export const MAX_CAMERAS = 8;

/** After each step: a camera that came into the call, or was switched on in it. */
export function limitCameras(context: StepContext, before: State): void {
  const call = activeCall(context);
  if (call === null || !context.state.media.camera.wanted) return;
  const isSame = before.call.kind === 'active' && before.call.id === call.id;
  if (isSame && before.media.camera.wanted) return;
  if (camerasIn(context.state, call.id) < MAX_CAMERAS) return;
  pauseCamera(context);
  say(context, { code: 'cameras-full', most: MAX_CAMERAS }, null);
}

/** After each step: no call is on. */
export function forgetVoice(context: StepContext): void {
  if (isInCall(context.state)) return;
  if (context.state.callKind === 'voice') context.state = { ...context.state, callKind: 'video' };
  restoreCamera(context);
}
