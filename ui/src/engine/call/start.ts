// The start of a call: pressed, joined or accepted; active once the devices are captured.
//
// Invariant: nothing is sent before.

import type { CallId } from '../ids';
import { pauseCamera, requestWanted } from '../media/commands';
import { isCaptureSettled } from '../media/queries';
import { DEVICE_SLOTS } from '../media/slot';
import { clearTimer, finish, setCall, setTimer, type StepContext } from '../step-context';
import type { CallKind } from '../wire/call-message';
import { CAPTURE_TIMER } from './end';
import { beginCall, enterCall } from './enter';
import { membersInCall, reachableRings } from './members';
import { forgetSleep } from './sleep';
import type { CallStart } from './state';

/** The call starts without devices if the permission prompt stays unanswered. */
const CAPTURE_MS = 10_000;

/**
 * Captures first. The call becomes active when each device is captured or has failed. A call by
 * voice starts with the camera off.
 */
export function startCall(
  context: StepContext,
  id: CallId,
  start: CallStart,
  kind: CallKind = context.state.callKind,
): void {
  forgetSleep(context);
  setCall(context, { kind: 'starting', id, start });
  context.state = { ...context.state, callKind: kind };
  if (kind === 'voice') pauseCamera(context);
  for (const slot of DEVICE_SLOTS) requestWanted(context, slot);
  setTimer(context, CAPTURE_TIMER, CAPTURE_MS);
  goActiveWhenCaptured(context);
}

export function goActiveWhenCaptured(context: StepContext): void {
  if (context.state.call.kind === 'starting' && isCaptureSettled(context.state)) goActive(context);
}

/** Activates the call with the devices captured so far. */
export function goActive(context: StepContext): void {
  const { call } = context.state;
  if (call.kind !== 'starting') return;
  clearTimer(context, CAPTURE_TIMER);
  const { id, start } = call;
  const rings = reachableRings(context.state, start.rings);
  switch (start.kind) {
    case 'call':
      return beginCall(context, id, start.to, rings);
    case 'accept':
      return enterCall(context, id, rings, 'rule');
    case 'join': {
      if (start.by === 'rule') return enterCall(context, id, rings, 'rule');
      const isOver = rings.length === 0 && membersInCall(context.state, id).length === 0;
      if (!isOver) return enterCall(context, id, rings, 'press');
      finish(context, id);
      return beginCall(context, start.instead.call, start.instead.to, []);
    }
  }
}
