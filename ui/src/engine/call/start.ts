// The start of a call: pressed, joined or accepted; active once the devices are captured.
//
// Invariant: an active call has at least one peer.

import type { CallId } from '../ids';
import { pauseCamera, requestWanted } from '../media/commands';
import { isCaptureSettled } from '../media/queries';
import { DEVICE_SLOTS } from '../media/slot';
import { acceptPeer, callPeer } from '../peer/commands';
import { forgetRejoin } from '../room/commands';
import type { Member } from '../room/state';
import {
  activeCall,
  clearTimer,
  finish,
  memberOf,
  say,
  setCall,
  setTimer,
  type StepContext,
} from '../step-context';
import type { CallKind } from '../wire/call-message';
import { CAPTURE_TIMER, dropPeers, endCall } from './end';
import {
  callableMembers,
  membersInCall,
  membersToConnect,
  reachableRings,
  runningCall,
  unconnectedMembers,
} from './members';
import { forgetSleep } from './sleep';
import type { Called, CallStart, Ring } from './state';

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
  context.state = {
    ...context.state,
    callKind: kind,
    finished: context.state.finished.filter((finished) => finished !== id),
  };
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
  if (call.start.kind === 'call') return ringMembers(context, call.id, call.start.to);
  const rings = reachableRings(context.state, call.start.rings);
  const isPressed = call.start.kind === 'join' && call.start.by === 'press';
  if (!isPressed) return enterCall(context, call.id, rings, 'rule');
  const isOver = rings.length === 0 && membersInCall(context.state, call.id).length === 0;
  if (!isOver) return enterCall(context, call.id, rings, 'press');
  finish(context, call.id);
  ringMembers(context, call.start.instead.call, call.start.instead.to);
}

function ringMembers(context: StepContext, id: CallId, to: Called): void {
  const callable = callableMembers(context.state);
  const members = to === 'everybody' ? callable : callable.filter((each) => to.includes(each.id));
  // They may have started a call during the capture.
  const running = to === 'everybody' ? runningCall(context.state) : callOf(members);
  if (running !== null) return enterCall(context, running, [], 'press');
  if (members.length === 0) return endCall(context, { reason: 'over', email: '' });
  setCall(context, { kind: 'active', id, peers: [] });
  forgetRejoin(context);
  for (const member of members) callPeer(context, member, 'ring');
  say(context, { code: 'calling', emails: members.map(({ email }) => email) }, null);
}

function callOf(members: readonly Member[]): CallId | null {
  return members.find(({ status }) => status.call !== null)?.status.call ?? null;
}

/**
 * Accepts the ringing members, calls the other members of the call. After a rejoin without a press,
 * a member with a claimed session has to request admission.
 */
function enterCall(
  context: StepContext,
  id: CallId,
  rings: readonly Ring[],
  by: 'press' | 'rule',
): void {
  setCall(context, { kind: 'active', id, peers: [] });
  forgetRejoin(context);
  for (const ring of rings) {
    acceptPeer(context, ring, memberOf(context, ring.from)?.status.session ?? null, 'connecting');
  }
  const members =
    by === 'press' ? unconnectedMembers(context.state) : membersToConnect(context.state);
  for (const member of members) callPeer(context, member, 'join');
  if (activeCall(context)?.peers.length === 0) endCall(context, { reason: 'over', email: '' });
}

/** Replaces our call by a call that crossed it, without asking. */
export function yieldTo(context: StepContext, ring: Ring): void {
  const call = activeCall(context);
  if (call === null) return;
  dropPeers(context, 'moved');
  finish(context, call.id);
  enterCall(context, ring.call, [ring], 'rule');
}
