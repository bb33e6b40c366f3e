// Who rings here: shown one after the other, until accepted, declined, over or missed.
//
// Invariant: one ring a member, and a call that was declined or missed is finished.

import { words } from './announce';
import { isAsking, acceptAsk, declineAsk, removeAsks, setAsks } from './ask';
import { decline, endCall, startCall } from './call';
import { isSameConnection } from './connection-name';
import { forgetDeclines, rememberDecline } from './declines';
import { MISSED_MS, missedTimer } from './missed-timer';
import type { CallEnd, CallEndReason, CallId, Ring } from './state';
import { clearTimer, finish, say, sayEnd, send, setCall, setTimer, type Turn } from './turn';
import type { MemberId } from '../protocol/wire';

const LONGEST_CANDIDATES = 256;

export function addRing(turn: Turn, ring: Ring): void {
  const { call } = turn.state;
  if (call.kind !== 'none' && call.kind !== 'incoming') return;
  const others = call.kind === 'none' ? [] : call.rings.filter(({ from }) => from !== ring.from);
  setRings(turn, [...others, ring]);
  setTimer(turn, missedTimer(ring.from), MISSED_MS);
  say(turn, words.ringing(ring.email), null);
}

/** Whoever calls us into a call that we are about to enter is accepted with it. */
export function collectRing(turn: Turn, ring: Ring): void {
  const { call } = turn.state;
  if (call.kind !== 'starting' || call.start.kind === 'call') return;
  const others = call.start.rings.filter(({ from }) => from !== ring.from);
  setCall(turn, { ...call, start: { ...call.start, rings: [ring, ...others] } });
}

export function acceptFirst(turn: Turn): void {
  const { call } = turn.state;
  if (isAsking(turn)) return acceptAsk(turn);
  if (call.kind !== 'incoming') return;
  forgetDeclines(turn);
  const [first] = call.rings;
  clearRingTimers(turn, call.rings);
  const [accepted, others] = partition(call.rings, ({ call: id }) => id === first.call);
  for (const { from, call: id, connection } of others) {
    send(turn, from, { type: 'call:declined', call: id, connection, reason: 'busy' });
  }
  const rings = [first, ...accepted.filter((ring) => ring !== first)] as const;
  startCall(turn, first.call, { kind: 'accept', rings });
}

export function declineFirst(turn: Turn): void {
  const { call } = turn.state;
  if (isAsking(turn)) return declineAsk(turn);
  if (call.kind !== 'incoming') return;
  const [first] = call.rings;
  const [declined, others] = partition(call.rings, ({ call: id }) => id === first.call);
  for (const ring of declined) {
    decline(turn, ring);
    rememberDecline(turn, ring.from, ring.call);
  }
  clearRingTimers(turn, declined);
  finish(turn, first.call);
  setRings(turn, others);
}

export function declineAll(turn: Turn): void {
  while (turn.state.call.kind === 'incoming') declineFirst(turn);
}

/** It has rung long enough. */
export function missRing(turn: Turn, from: MemberId): void {
  const { call } = turn.state;
  const rings = call.kind === 'incoming' ? call.rings : turn.state.asking;
  const ring = rings.find((each) => each.from === from);
  if (ring === undefined) return;
  const { connection } = ring;
  send(turn, from, { type: 'call:declined', call: ring.call, connection, reason: 'unanswered' });
  withdrawRing(turn, from, ring.call, 'missed');
}

/** The caller has given up, or has gone into another call. */
export function withdrawRing(
  turn: Turn,
  from: MemberId,
  call: CallId,
  reason: CallEndReason,
): void {
  const isIts = (ring: Ring): boolean => ring.from === from && ring.call === call;
  if (removeRings(turn, isIts, reason)) finish(turn, call);
}

/** Rings of those who are not in the room any more; they ring again if they come back. */
export function removeRingsOf(turn: Turn, isGone: (from: MemberId) => boolean): void {
  removeRings(turn, (ring) => isGone(ring.from), 'lost');
}

function removeRings(turn: Turn, isGone: (ring: Ring) => boolean, reason: CallEndReason): boolean {
  removeAsks(turn, isGone);
  const { call } = turn.state;
  if (call.kind === 'incoming') {
    const [gone, others] = partition(call.rings, isGone);
    const [first] = gone;
    if (first === undefined) return false;
    clearRingTimers(turn, gone);
    const told = reason === 'moved' ? 'moved' : 'missed';
    setRings(turn, others, { reason: told, email: first.email });
    return true;
  }
  if (call.kind !== 'starting' || call.start.kind === 'call') return false;
  const [gone, others] = partition(call.start.rings, isGone);
  const [first] = gone;
  if (first === undefined) return false;
  const [next, ...rest] = others;
  if (call.start.kind === 'join') {
    setCall(turn, { ...call, start: { ...call.start, rings: others } });
  } else if (next !== undefined) {
    setCall(turn, { ...call, start: { kind: 'accept', rings: [next, ...rest] } });
  } else {
    endCall(turn, { reason, email: first.email });
  }
  return true;
}

export function addRingCandidate(
  turn: Turn,
  from: MemberId,
  of: { readonly call: CallId; readonly connection: string | null },
  candidate: RTCIceCandidateInit | null,
): void {
  const add = (ring: Ring): Ring => {
    const isIts =
      ring.from === from &&
      ring.call === of.call &&
      isSameConnection(ring.connection, of.connection);
    if (!isIts || ring.candidates.length >= LONGEST_CANDIDATES) return ring;
    return { ...ring, candidates: [...ring.candidates, candidate] };
  };
  const { call, asking } = turn.state;
  if (asking.length > 0) setAsks(turn, asking.map(add));
  if (call.kind === 'incoming') {
    setCall(turn, { ...call, rings: mapRings(call.rings, add) });
  } else if (call.kind === 'starting' && call.start.kind === 'accept') {
    const rings = mapRings(call.start.rings, add);
    setCall(turn, { ...call, start: { kind: 'accept', rings } });
  } else if (call.kind === 'starting' && call.start.kind === 'join') {
    setCall(turn, { ...call, start: { ...call.start, rings: call.start.rings.map(add) } });
  }
}

function setRings(turn: Turn, rings: readonly Ring[], ended: CallEnd | null = null): void {
  const [first, ...rest] = rings;
  if (first !== undefined) return setCall(turn, { kind: 'incoming', rings: [first, ...rest] });
  setCall(turn, { kind: 'none', ended });
  if (ended !== null) sayEnd(turn, ended, 'call', 'ended');
}

function clearRingTimers(turn: Turn, rings: readonly Ring[]): void {
  for (const ring of rings) clearTimer(turn, missedTimer(ring.from));
}

function mapRings(
  [first, ...rest]: readonly [Ring, ...Ring[]],
  change: (ring: Ring) => Ring,
): readonly [Ring, ...Ring[]] {
  return [change(first), ...rest.map(change)];
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
