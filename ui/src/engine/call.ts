// The call: start, join, accept, activate, end.
//
// Invariant: an active call has at least one peer.

import type { EndReason } from './call-wire';
import { forgetDeclines } from './declines';
import { acceptPeer, callPeer, closePeer, peerOf } from './peer';
import { isCaptureSettled, requestWanted } from './media';
import { DEVICE_SLOTS } from './media/slot';
import {
  callableMembers,
  membersToConnect,
  reachableRings,
  runningCall,
  unconnectedMembers,
} from './members';
import { forgetSleep } from './sleep';
import type { CallEnd, CallEndReason, CallId, CallStart, PeerId, Member, Ring } from './state';
import {
  activeCall,
  clearTimer,
  finish,
  insideRoom,
  memberOf,
  say,
  sayEnd,
  send,
  setCall,
  setRoom,
  setTimer,
  type StepContext,
} from './step-context';
import type { Timer } from './timer';

/** The call starts without devices if the permission prompt stays unanswered. */
const CAPTURE_MS = 10_000;
const CAPTURE_TIMER: Timer = { kind: 'capture' };

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

/** Leaves the active or starting call and tells its members. */
export function leaveCall(context: StepContext, reason: 'hung-up' | 'left'): void {
  const { call } = context.state;
  switch (call.kind) {
    case 'none':
    case 'incoming':
      return;
    case 'starting':
      for (const ring of call.start.kind === 'call' ? [] : call.start.rings) decline(context, ring);
      break;
    case 'active':
      dropPeers(context, reason);
      break;
  }
  clearTimer(context, CAPTURE_TIMER);
  forgetRejoin(context);
  finish(context, call.id);
  setCall(context, { kind: 'none', ended: null });
  say(context, { code: 'call-left' }, 'ended');
}

/** Replaces our call by a call that crossed it, without asking. */
export function yieldTo(context: StepContext, ring: Ring): void {
  const call = activeCall(context);
  if (call === null) return;
  dropPeers(context, 'moved');
  finish(context, call.id);
  enterCall(context, ring.call, [ring], 'rule');
}

function dropPeers(context: StepContext, reason: EndReason): void {
  const call = activeCall(context);
  for (const peer of call?.peers ?? []) {
    closePeer(context, peer.id);
    if (call === null || peer.detached) continue;
    send(context, peer.member, { type: 'call:ended', call: call.id, reason });
  }
}

/** Ends caused by a fault. */
const LOST: readonly CallEnd['reason'][] = [
  'lost',
  'slept',
  'failed',
  'failed-there',
  'unusable',
  'unusable-there',
];

/** Options for ending a peer. */
export interface Ending {
  readonly reason: CallEndReason;
  /** The reason sent to the other end; null if it already knows. */
  readonly tell: EndReason | null;
  /** Whether to join the other call if nobody is left in this one. */
  readonly follow?: 'follow';
}

export function endPeer(context: StepContext, id: PeerId, ending: Ending): void {
  const call = activeCall(context);
  const peer = peerOf(context, id);
  if (call === null || peer === null) return;
  closePeer(context, id);
  if (ending.tell !== null && !peer.detached) {
    send(context, peer.member, { type: 'call:ended', call: call.id, reason: ending.tell });
  }
  const ended = endOf(context, ending.reason, peer.email);
  if (call.peers.length > 1) return sayEnd(context, ended, 'member', 'left');
  const next =
    ending.follow === 'follow' ? followed(context, call.id, memberOf(context, peer.member)) : null;
  finish(context, call.id);
  if (next === null) endCall(context, ended);
  else startCall(context, next, { kind: 'join', by: 'rule', rings: [] });
}

function followed(context: StepContext, from: CallId, member: Member | null): CallId | null {
  const next = member?.status.call ?? null;
  return next === from || context.state.finished.includes(next ?? from) ? null : next;
}

/** Ends the call without a press of the person. */
export function endCall(context: StepContext, ended: CallEnd): void {
  const { call } = context.state;
  if (call.kind === 'starting' || call.kind === 'active') finish(context, call.id);
  clearTimer(context, CAPTURE_TIMER);
  forgetRejoin(context);
  setCall(context, { kind: 'none', ended });
  sayEnd(context, ended, 'call', LOST.includes(ended.reason) ? 'lost' : 'ended');
}

/** A peer lost while this computer slept ends with the reason `slept`. */
function endOf({ state: { sleptMs } }: StepContext, reason: CallEndReason, email: string): CallEnd {
  return reason === 'lost' && sleptMs !== null
    ? { reason: 'slept', email, sleptMs }
    : { reason, email };
}

export function decline(context: StepContext, { from, call, connection }: Ring): void {
  send(context, from, { type: 'call:declined', call, connection, reason: 'declined' });
}

export function forgetRejoin(context: StepContext): void {
  const room = insideRoom(context);
  if (room === null || room.roomSession.rejoin === null) return;
  setRoom(context, { ...room, roomSession: { ...room.roomSession, rejoin: null } });
}
