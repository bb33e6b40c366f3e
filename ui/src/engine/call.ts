// The call as a whole: started, joined, accepted, gone active, and over.
//
// Invariant: an active call has a link; without one it is over.

import { words } from './announce';
import type { EndReason } from './call-wire';
import { forgetDeclines } from './declines';
import { acceptLink, callLink, closeLink, linkOf } from './link';
import { CAPTURE_KINDS, isCaptureSettled, requestWanted } from './media';
import {
  callableMembers,
  membersToLink,
  reachableRings,
  runningCall,
  unlinkedMembers,
} from './members';
import { forgetSleep } from './sleep';
import type { CallEnd, CallEndReason, CallId, CallStart, LinkId, Member, Ring } from './state';
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
  type Turn,
} from './turn';

/** A permission prompt that nobody answers must not hold the call back for ever. */
const CAPTURE_MS = 10_000;
export const CAPTURE_TIMER = 'capture';

/** Call was pressed, with nothing ringing here. */
export function pressCall(turn: Turn, newCall: CallId): void {
  const { state } = turn;
  if (state.call.kind !== 'none' || !state.canCall || insideRoom(turn) === null) return;
  forgetDeclines(turn);
  const running = runningCall(state);
  if (running !== null) return startCall(turn, running, { kind: 'join', by: 'press', rings: [] });
  if (callableMembers(state).length === 0) return say(turn, words.nobody(), null);
  startCall(turn, newCall, { kind: 'call' });
}

/** Captures first; goes active when camera and microphone are there or known not to come. */
export function startCall(turn: Turn, id: CallId, start: CallStart): void {
  forgetSleep(turn);
  setCall(turn, { kind: 'starting', id, start });
  turn.state = {
    ...turn.state,
    finished: turn.state.finished.filter((finished) => finished !== id),
  };
  for (const kind of CAPTURE_KINDS) requestWanted(turn, kind);
  setTimer(turn, CAPTURE_TIMER, CAPTURE_MS);
  goActiveWhenCaptured(turn);
}

export function goActiveWhenCaptured(turn: Turn): void {
  if (turn.state.call.kind === 'starting' && isCaptureSettled(turn.state)) goActive(turn);
}

/** With what is captured by now. */
export function goActive(turn: Turn): void {
  const { call } = turn.state;
  if (call.kind !== 'starting') return;
  clearTimer(turn, CAPTURE_TIMER);
  if (call.start.kind === 'call') {
    // Somebody was quicker while we captured; the room holds one call.
    const running = runningCall(turn.state);
    if (running !== null) return enterCall(turn, running, [], 'press');
    return ringEverybody(turn, call.id);
  }
  const by = call.start.kind === 'join' ? call.start.by : 'rule';
  enterCall(turn, call.id, reachableRings(turn.state, call.start.rings), by);
}

function ringEverybody(turn: Turn, id: CallId): void {
  const members = callableMembers(turn.state);
  if (members.length === 0) return endCall(turn, { reason: 'over', email: '' });
  setCall(turn, { kind: 'active', id, links: [] });
  forgetRejoin(turn);
  for (const member of members) callLink(turn, member, 'ring');
  say(turn, words.calling(members.map(({ email }) => email)), null);
}

/**
 * Accepts who calls, calls who is in it and did not. Where no press brought us here, who claims to
 * be another has to ask.
 */
function enterCall(turn: Turn, id: CallId, rings: readonly Ring[], by: 'press' | 'rule'): void {
  setCall(turn, { kind: 'active', id, links: [] });
  forgetRejoin(turn);
  for (const ring of rings) {
    acceptLink(turn, ring, memberOf(turn, ring.from)?.status.session ?? null, 'connecting');
  }
  const members = by === 'press' ? unlinkedMembers(turn.state) : membersToLink(turn.state);
  for (const member of members) callLink(turn, member, 'ring');
  if (activeCall(turn)?.links.length === 0) endCall(turn, { reason: 'over', email: '' });
}

/** Leaves the running call, or its start, and says so to those concerned. */
export function leaveCall(turn: Turn, reason: 'hung-up' | 'left'): void {
  const { call } = turn.state;
  switch (call.kind) {
    case 'none':
    case 'incoming':
      return;
    case 'starting':
      for (const ring of call.start.kind === 'call' ? [] : call.start.rings) decline(turn, ring);
      break;
    case 'active':
      dropLinks(turn, reason);
      break;
  }
  clearTimer(turn, CAPTURE_TIMER);
  forgetRejoin(turn);
  finish(turn, call.id);
  setCall(turn, { kind: 'none', ended: null });
  say(turn, 'Call ended.', 'ended');
}

/** Gives way to a call that crossed ours: accepts it without asking. */
export function yieldTo(turn: Turn, ring: Ring): void {
  const call = activeCall(turn);
  if (call === null) return;
  dropLinks(turn, 'moved');
  finish(turn, call.id);
  enterCall(turn, ring.call, [ring], 'rule');
}

function dropLinks(turn: Turn, reason: EndReason): void {
  const call = activeCall(turn);
  for (const link of call?.links ?? []) {
    closeLink(turn, link.id);
    if (call === null || link.orphan) continue;
    send(turn, link.member, { type: 'call:ended', call: call.id, reason });
  }
}

/** Ends that nobody wished for. */
const LOST: readonly CallEnd['reason'][] = [
  'lost',
  'slept',
  'failed',
  'failed-there',
  'unusable',
  'unusable-there',
];

/** What an end asks for beside itself. */
export interface Ending {
  readonly reason: CallEndReason;
  /** What the other end is told; null where it knows. */
  readonly tell: EndReason | null;
  /** Whether to go where the other went, should nobody be left here. */
  readonly follow?: 'follow';
}

export function endLink(turn: Turn, id: LinkId, ending: Ending): void {
  const call = activeCall(turn);
  const link = linkOf(turn, id);
  if (call === null || link === null) return;
  closeLink(turn, id);
  if (ending.tell !== null && !link.orphan) {
    send(turn, link.member, { type: 'call:ended', call: call.id, reason: ending.tell });
  }
  const ended = endOf(turn, ending.reason, link.email);
  if (call.links.length > 1) return sayEnd(turn, ended, 'member', 'left');
  const next =
    ending.follow === 'follow' ? followed(turn, call.id, memberOf(turn, link.member)) : null;
  finish(turn, call.id);
  if (next === null) endCall(turn, ended);
  else startCall(turn, next, { kind: 'join', by: 'rule', rings: [] });
}

function followed(turn: Turn, from: CallId, member: Member | null): CallId | null {
  const next = member?.status.call ?? null;
  return next === from || turn.state.finished.includes(next ?? from) ? null : next;
}

/** The call is over for this person by nobody's press here. */
export function endCall(turn: Turn, ended: CallEnd): void {
  const { call } = turn.state;
  if (call.kind === 'starting' || call.kind === 'active') finish(turn, call.id);
  clearTimer(turn, CAPTURE_TIMER);
  forgetRejoin(turn);
  setCall(turn, { kind: 'none', ended });
  sayEnd(turn, ended, 'call', LOST.includes(ended.reason) ? 'lost' : 'ended');
}

/** What was lost while this computer slept was lost by that. */
function endOf({ state: { sleptMs } }: Turn, reason: CallEndReason, email: string): CallEnd {
  return reason === 'lost' && sleptMs !== null
    ? { reason: 'slept', email, sleptMs }
    : { reason, email };
}

export function decline(turn: Turn, { from, call, connection }: Ring): void {
  send(turn, from, { type: 'call:declined', call, connection, reason: 'declined' });
}

export function forgetRejoin(turn: Turn): void {
  const room = insideRoom(turn);
  if (room === null || room.visit.rejoin === null) return;
  setRoom(turn, { ...room, visit: { ...room.visit, rejoin: null } });
}
