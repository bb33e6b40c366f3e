// Ringing calls: shown one after the other until accepted, declined, withdrawn or missed.
//
// Invariant: one ringing call per member. A declined or missed call is finished.

import type { CallId } from '../ids';
import { pauseCamera } from '../media/commands';
import {
  clearTimer,
  finish,
  memberOf,
  say,
  sayEnd,
  send,
  setCall,
  setTimer,
  type StepContext,
} from '../step-context';
import { isSameConnection } from '../wire/connection-name';
import type { MemberId } from '../../protocol/wire';
import {
  acceptAdmission,
  declineAdmission,
  hasAdmissionRequest,
  removeAdmissions,
  setAdmissions,
} from './admission';
import { forgetDeclines, rememberDecline } from './declines';
import { decline, endCall, refuseBusy } from './end';
import { followed, pass } from './follow';
import { MISSED_TIMEOUT_MS } from './missed-timeout';
import { startCall } from './start';
import type { CallEnd, CallEndReason, Ring } from './state';

const MAX_RINGING_CANDIDATES = 256;

export function addRing(context: StepContext, ring: Ring): void {
  const { call } = context.state;
  if (call.kind !== 'none' && call.kind !== 'incoming') return;
  const others = call.kind === 'none' ? [] : call.rings.filter(({ from }) => from !== ring.from);
  const rang = call.kind === 'incoming' && others.length < call.rings.length;
  setRings(context, [...others, ring]);
  // Another connection of a call that rings: it is missed when the first would be.
  if (rang) return;
  setTimer(context, { kind: 'missed', member: ring.from }, MISSED_TIMEOUT_MS);
  say(context, { code: 'ringing', email: ring.email }, null);
}

/** A ring during the capture: accepted with the call that we are joining, or judged after it. */
export function collectRing(context: StepContext, ring: Ring): void {
  const { call } = context.state;
  if (call.kind !== 'starting') return;
  const others = call.start.rings.filter(({ from }) => from !== ring.from);
  const rings = [ring, ...others] as const;
  const start = call.start.kind === 'accept' ? { ...call.start, rings } : { ...call.start, rings };
  setCall(context, { ...call, start });
}

/** Accepts the call of this member, if it rings. */
export function acceptFrom(context: StepContext, from: MemberId): void {
  const { call } = context.state;
  if (call.kind !== 'incoming') return;
  const [its, others] = partition(call.rings, (ring) => ring.from === from);
  const [first] = its;
  if (first === undefined) return;
  setCall(context, { kind: 'incoming', rings: [first, ...others] });
  acceptFirst(context, 'as-is');
}

export function acceptFirst(context: StepContext, camera: 'as-is' | 'off'): void {
  const { call } = context.state;
  if (hasAdmissionRequest(context)) return acceptAdmission(context);
  if (call.kind !== 'incoming') return;
  forgetDeclines(context);
  const [first] = call.rings;
  clearRingTimers(context, call.rings);
  const [accepted, others] = partition(call.rings, ({ call: id }) => id === first.call);
  for (const ring of others) refuseBusy(context, ring);
  const rings = [first, ...accepted.filter((ring) => ring !== first)] as const;
  if (camera === 'off') pauseCamera(context);
  startCall(context, first.call, { kind: 'accept', rings }, first.kind);
}

export function declineFirst(context: StepContext): void {
  const { call } = context.state;
  if (hasAdmissionRequest(context)) return declineAdmission(context);
  if (call.kind !== 'incoming') return;
  const [first] = call.rings;
  const [declined, others] = partition(call.rings, ({ call: id }) => id === first.call);
  for (const ring of declined) {
    decline(context, ring);
    rememberDecline(context, ring.from, ring.call);
  }
  clearRingTimers(context, declined);
  finish(context, first.call);
  setRings(context, others);
}

export function declineAll(context: StepContext): void {
  while (context.state.call.kind === 'incoming') declineFirst(context);
}

/** The ringing call timed out. */
export function missRing(context: StepContext, from: MemberId): void {
  const { call } = context.state;
  const rings = call.kind === 'incoming' ? call.rings : context.state.admissions;
  const ring = rings.find((each) => each.from === from);
  if (ring === undefined) return;
  const { connection } = ring;
  send(context, from, { type: 'call:declined', call: ring.call, connection, reason: 'unanswered' });
  withdrawRing(context, from, ring.call, 'missed');
}

/** The caller gave up, or joined another call. */
export function withdrawRing(
  context: StepContext,
  from: MemberId,
  call: CallId,
  reason: CallEndReason,
): void {
  const withdrawn: string[] = [];
  const isIts = (ring: Ring): boolean => {
    if (ring.from !== from || ring.call !== call) return false;
    if (ring.connection !== null) withdrawn.push(ring.connection);
    return true;
  };
  if (!removeRings(context, isIts, reason)) return;
  for (const id of [call, ...withdrawn]) finish(context, id);
}

/** Removes ringing calls of members who left the room; they ring again after a return. */
export function removeRingsOf(context: StepContext, isGone: (from: MemberId) => boolean): void {
  removeRings(context, (ring) => isGone(ring.from), 'lost');
}

/** Of members who are not to ring here. Nothing is told, neither here nor there. */
export function dropRingsOf(context: StepContext, members: readonly MemberId[]): void {
  const isTheirs = ({ from }: Ring): boolean => members.includes(from);
  removeAdmissions(context, isTheirs);
  const { call } = context.state;
  if (call.kind !== 'incoming') return;
  const [dropped, others] = partition(call.rings, isTheirs);
  if (dropped.length === 0) return;
  clearRingTimers(context, dropped);
  setRings(context, others);
}

function removeRings(
  context: StepContext,
  isGone: (ring: Ring) => boolean,
  reason: CallEndReason,
): boolean {
  removeAdmissions(context, isGone);
  const { call } = context.state;
  if (call.kind === 'incoming') {
    const [gone, others] = partition(call.rings, isGone);
    const [first] = gone;
    if (first === undefined) return false;
    clearRingTimers(context, gone);
    const told = reason === 'moved' ? 'moved' : 'missed';
    setRings(context, others, { reason: told, email: first.email });
    sayMissed(context, told, others.length === 0 ? gone.slice(1) : gone, others);
    return true;
  }
  if (call.kind !== 'starting') return false;
  const [gone, others] = partition(call.start.rings, isGone);
  const [first] = gone;
  if (first === undefined) return false;
  const [next, ...rest] = others;
  switch (call.start.kind) {
    case 'call':
      setCall(context, { ...call, start: { ...call.start, rings: others } });
      sayMissed(context, 'missed', gone, others);
      return true;
    case 'join':
      setCall(context, { ...call, start: { ...call.start, rings: others } });
      return true;
    case 'accept':
      if (next !== undefined) {
        setCall(context, { ...call, start: { kind: 'accept', rings: [next, ...rest] } });
        return true;
      }
      leaveAccepted(context, call.id, { reason, email: first.email }, first.from);
      return true;
  }
}

/** The caller is gone before our answer: follows it into another call. */
function leaveAccepted(context: StepContext, id: CallId, ended: CallEnd, from: MemberId): void {
  const next = ended.reason === 'moved' ? followed(context, id, memberOf(context, from)) : null;
  if (next === null) return endCall(context, ended);
  pass(context, id);
  startCall(context, next, { kind: 'join', by: 'rule', rings: [] });
}

/** Of rings that were not the shown one. A caller who joined a call that rings here is not gone. */
function sayMissed(
  context: StepContext,
  reason: 'missed' | 'moved',
  gone: readonly Ring[],
  others: readonly Ring[],
): void {
  for (const { from, email } of gone) {
    const call = memberOf(context, from)?.status.call ?? null;
    if (others.some((ring) => ring.call === call)) continue;
    sayEnd(context, { reason, email }, 'member', null);
  }
}

export function addRingCandidate(
  context: StepContext,
  from: MemberId,
  of: { readonly call: CallId; readonly connection: string | null },
  candidate: RTCIceCandidateInit | null,
): void {
  const add = (ring: Ring): Ring => {
    const isIts =
      ring.from === from &&
      ring.call === of.call &&
      isSameConnection(ring.connection, of.connection);
    if (!isIts || ring.candidates.length >= MAX_RINGING_CANDIDATES) return ring;
    return { ...ring, candidates: [...ring.candidates, candidate] };
  };
  const { call, admissions } = context.state;
  if (admissions.length > 0) setAdmissions(context, admissions.map(add));
  if (call.kind === 'incoming') {
    setCall(context, { ...call, rings: mapRings(call.rings, add) });
  } else if (call.kind === 'starting') {
    const { start } = call;
    const changed =
      start.kind === 'accept'
        ? { ...start, rings: mapRings(start.rings, add) }
        : { ...start, rings: start.rings.map(add) };
    setCall(context, { ...call, start: changed });
  }
}

function setRings(
  context: StepContext,
  rings: readonly Ring[],
  ended: CallEnd | null = null,
): void {
  const [first, ...rest] = rings;
  if (first !== undefined) return setCall(context, { kind: 'incoming', rings: [first, ...rest] });
  setCall(context, { kind: 'none', ended });
  if (ended !== null) sayEnd(context, ended, 'call', 'ended');
}

function clearRingTimers(context: StepContext, rings: readonly Ring[]): void {
  for (const ring of rings) clearTimer(context, { kind: 'missed', member: ring.from });
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
