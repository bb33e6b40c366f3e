// The start of a call: pressed, joined or accepted; active once the devices are captured.
//
// Invariant: an active call has at least one peer.

import type { CallId } from '../ids';
import { requestWanted } from '../media/commands';
import { isCaptureSettled } from '../media/queries';
import { DEVICE_SLOTS } from '../media/slot';
import { acceptPeer, callPeer } from '../peer/commands';
import { forgetRejoin } from '../room/commands';
import {
  activeCall,
  clearTimer,
  finish,
  insideRoom,
  memberOf,
  say,
  setCall,
  setTimer,
  type StepContext,
} from '../step-context';
import { forgetDeclines } from './declines';
import { CAPTURE_TIMER, dropPeers, endCall } from './end';
import {
  callableMembers,
  membersToConnect,
  reachableRings,
  runningCall,
  unconnectedMembers,
} from './members';
import { forgetSleep } from './sleep';
import type { CallStart, Ring } from './state';

/** The call starts without devices if the permission prompt stays unanswered. */
const CAPTURE_MS = 10_000;

/** The person pressed Call, and nothing rings here. */
export function pressCall(context: StepContext, newCall: CallId): void {
  const { state } = context;
  if (state.call.kind !== 'none' || !state.canCall || insideRoom(context) === null) return;
  forgetDeclines(context);
  const running = runningCall(state);
  if (running !== null)
    return startCall(context, running, { kind: 'join', by: 'press', rings: [] });
  if (callableMembers(state).length === 0) return say(context, { code: 'nobody-to-call' }, null);
  startCall(context, newCall, { kind: 'call' });
}

/** Captures first. The call becomes active when each device is captured or has failed. */
export function startCall(context: StepContext, id: CallId, start: CallStart): void {
  forgetSleep(context);
  setCall(context, { kind: 'starting', id, start });
  context.state = {
    ...context.state,
    finished: context.state.finished.filter((finished) => finished !== id),
  };
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
  if (call.start.kind === 'call') {
    // Another call started during capture. A room has one call.
    const running = runningCall(context.state);
    if (running !== null) return enterCall(context, running, [], 'press');
    return ringEverybody(context, call.id);
  }
  const by = call.start.kind === 'join' ? call.start.by : 'rule';
  enterCall(context, call.id, reachableRings(context.state, call.start.rings), by);
}

function ringEverybody(context: StepContext, id: CallId): void {
  const members = callableMembers(context.state);
  if (members.length === 0) return endCall(context, { reason: 'over', email: '' });
  setCall(context, { kind: 'active', id, peers: [] });
  forgetRejoin(context);
  for (const member of members) callPeer(context, member, 'ring');
  say(context, { code: 'calling', emails: members.map(({ email }) => email) }, null);
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
  for (const member of members) callPeer(context, member, 'ring');
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
