// Who was declined: for a while that member does not ring here again, and nothing brings the two
// together in the call that it was about.
//
// Invariant: what this person does to call or accept somebody ends it.

import type { CallId, Decline } from './state';
import { clearTimer, setTimer, type Turn } from './turn';
import type { MemberId } from '../protocol/wire';

/** After the first decline, the second, and each one from then on. */
const PAUSES_MS = [10_000, 30_000, 60_000] as const;
const LONGEST_DECLINES = 64;

const PAUSE = 'pause:';

export function readPauseTimer(name: string): MemberId | null {
  return name.startsWith(PAUSE) ? name.slice(PAUSE.length) : null;
}

export function rememberDecline(turn: Turn, member: MemberId, call: CallId): void {
  const before = turn.state.declines.find((each) => each.member === member && each.by === 'self');
  const count = (before?.count ?? 0) + 1;
  add(turn, { member, call, by: 'self', count, paused: true });
  setTimer(turn, PAUSE + member, PAUSES_MS[count - 1] ?? PAUSES_MS[2]);
}

/** We were declined: we do not call this member again by ourselves. */
export function rememberDeclined(turn: Turn, member: MemberId, call: CallId): void {
  add(turn, { member, call, by: 'member', count: 1, paused: false });
}

function add(turn: Turn, decline: Decline): void {
  const others = turn.state.declines.filter(
    ({ member, by }) => member !== decline.member || by !== decline.by,
  );
  set(turn, [decline, ...others].slice(0, LONGEST_DECLINES));
}

export function isPaused({ state }: Turn, member: MemberId): boolean {
  return state.declines.some((each) => each.member === member && each.paused);
}

/** Whether this member was declined here for this very call. */
export function isDeclinedHere({ state }: Turn, member: MemberId, call: CallId): boolean {
  return state.declines.some(
    (each) => each.member === member && each.call === call && each.by === 'self',
  );
}

/** The same, by either of the two. */
export function isDeclinedFor(
  declines: readonly Decline[],
  member: MemberId,
  call: CallId,
): boolean {
  return declines.some((each) => each.member === member && each.call === call);
}

export function handlePauseTimer(turn: Turn, member: MemberId): void {
  set(
    turn,
    turn.state.declines.map((each) => (each.member === member ? { ...each, paused: false } : each)),
  );
}

/** This person wants to talk to whoever is there. */
export function forgetDeclines(turn: Turn): void {
  for (const { member, paused } of turn.state.declines)
    if (paused) clearTimer(turn, PAUSE + member);
  set(turn, []);
}

function set(turn: Turn, declines: readonly Decline[]): void {
  if (declines.length === 0 && turn.state.declines.length === 0) return;
  turn.state = { ...turn.state, declines };
}
