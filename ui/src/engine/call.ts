// The call as a whole: started, joined, accepted, gone active, and over.
//
// Invariant: an active call has a link; without one it is over.

import { endedWords, words } from './announce';
import type { EndReason } from './call-wire';
import { acceptLink, callLink, closeLink, linkOf } from './link';
import { CAPTURE_KINDS, isCaptureSettled, requestWanted } from './media';
import {
  callableMembers,
  membersInCall,
  reachableRings,
  runningCall,
  unlinkedMembers,
} from './members';
import type { CallEnd, CallId, CallStart, LinkId, Member, Ring } from './state';
import {
  activeCall,
  clearTimer,
  finish,
  insideRoom,
  memberOf,
  say,
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
  const running = runningCall(state);
  if (running !== null) return startCall(turn, running, { kind: 'join', rings: [] });
  if (callableMembers(state).length === 0) return say(turn, words.nobody(), null);
  startCall(turn, newCall, { kind: 'call' });
}

/** Captures first; goes active when camera and microphone are there or known not to come. */
export function startCall(turn: Turn, id: CallId, start: CallStart): void {
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
    if (running !== null) return enterCall(turn, running, []);
    return ringEverybody(turn, call.id);
  }
  enterCall(turn, call.id, reachableRings(turn.state, call.start.rings));
}

function ringEverybody(turn: Turn, id: CallId): void {
  const members = callableMembers(turn.state);
  if (members.length === 0) return endCall(turn, { reason: 'ended', email: '' });
  setCall(turn, { kind: 'active', id, links: [] });
  forgetRejoin(turn);
  for (const member of members) callLink(turn, member, 'ring');
  say(turn, words.calling(members.map(({ email }) => email)), null);
}

/** Accepts who calls, calls who is in it and did not. */
export function enterCall(turn: Turn, id: CallId, rings: readonly Ring[]): void {
  if (rings.length === 0 && membersInCall(turn.state, id).length === 0) {
    return endCall(turn, { reason: 'ended', email: '' });
  }
  setCall(turn, { kind: 'active', id, links: [] });
  forgetRejoin(turn);
  for (const ring of rings) {
    acceptLink(turn, ring, memberOf(turn, ring.from)?.status.session ?? null, 'connecting');
  }
  for (const member of unlinkedMembers(turn.state)) callLink(turn, member, 'ring');
}

/** Leaves the running call, ring or start, and says so to those concerned. */
export function leaveCall(turn: Turn): void {
  const { call } = turn.state;
  switch (call.kind) {
    case 'none':
    case 'incoming':
      return;
    case 'starting':
      for (const ring of call.start.kind === 'call' ? [] : call.start.rings) decline(turn, ring);
      break;
    case 'active':
      dropLinks(turn, 'hung-up');
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
  enterCall(turn, ring.call, [ring]);
}

function dropLinks(turn: Turn, reason: EndReason): void {
  const call = activeCall(turn);
  for (const link of call?.links ?? []) {
    closeLink(turn, link.id);
    if (call === null || link.orphan) continue;
    send(turn, link.member, { type: 'call:ended', call: call.id, reason });
  }
}

/** What an end asks for beside itself. */
export interface Ending {
  readonly reason: CallEnd['reason'];
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
  const ended: CallEnd = { reason: ending.reason, email: link.email };
  if (call.links.length > 1) {
    const isIn = link.phase === 'open';
    return say(turn, isIn ? words.leftCall(link.email) : endedWords(ended), 'left');
  }
  const next =
    ending.follow === 'follow' ? followed(turn, call.id, memberOf(turn, link.member)) : null;
  finish(turn, call.id);
  if (next === null) endCall(turn, ended);
  else startCall(turn, next, { kind: 'join', rings: [] });
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
  say(turn, endedWords(ended), ended.reason === 'lost' ? 'lost' : 'ended');
}

export function decline(turn: Turn, { from, call, connection }: Ring): void {
  send(turn, from, { type: 'call:declined', call, connection, reason: 'declined' });
}

export function forgetRejoin(turn: Turn): void {
  const room = insideRoom(turn);
  if (room === null || room.visit.rejoin === null) return;
  setRoom(turn, { ...room, visit: { ...room.visit, rejoin: null } });
}
