// Declined calls: a declined member does not ring here for a while, and is not connected
// automatically in that call.
//
// Invariant: a call or accept by this person removes the decline.

import type { CallId } from '../ids';
import { clearTimer, setTimer, type StepContext } from '../step-context';
import type { MemberId } from '../../protocol/wire';
import type { Decline } from './state';

/** Pauses after the first, the second and each later decline. */
const PAUSES_MS = [10_000, 30_000, 60_000] as const;
const LONGEST_DECLINES = 64;

export function rememberDecline(context: StepContext, member: MemberId, call: CallId): void {
  const before = context.state.declines.find(
    (each) => each.member === member && each.by === 'self',
  );
  const count = (before?.count ?? 0) + 1;
  add(context, { member, call, by: 'self', count, paused: true });
  setTimer(context, { kind: 'pause', member }, PAUSES_MS[count - 1] ?? PAUSES_MS[2]);
}

/** This member declined: no automatic call to it. */
export function rememberDeclined(context: StepContext, member: MemberId, call: CallId): void {
  add(context, { member, call, by: 'member', count: 1, paused: false });
}

function add(context: StepContext, decline: Decline): void {
  const others = context.state.declines.filter(
    ({ member, by }) => member !== decline.member || by !== decline.by,
  );
  set(context, [decline, ...others].slice(0, LONGEST_DECLINES));
}

export function isPaused({ state }: StepContext, member: MemberId): boolean {
  return state.declines.some((each) => each.member === member && each.paused);
}

/** Whether this person declined the member in this call. */
export function isDeclinedHere({ state }: StepContext, member: MemberId, call: CallId): boolean {
  return state.declines.some(
    (each) => each.member === member && each.call === call && each.by === 'self',
  );
}

/** Whether this person or the member declined in this call. */
export function isDeclinedFor(
  declines: readonly Decline[],
  member: MemberId,
  call: CallId,
): boolean {
  return declines.some((each) => each.member === member && each.call === call);
}

export function handlePauseTimer(context: StepContext, member: MemberId): void {
  set(
    context,
    context.state.declines.map((each) =>
      each.member === member ? { ...each, paused: false } : each,
    ),
  );
}

/** Removes all declines: this person calls or accepts. */
export function forgetDeclines(context: StepContext): void {
  for (const { member, paused } of context.state.declines)
    if (paused) clearTimer(context, { kind: 'pause', member });
  set(context, []);
}

/** The same for one member: this person rings it. */
export function forgetDeclinesOf(context: StepContext, member: MemberId): void {
  clearTimer(context, { kind: 'pause', member });
  set(
    context,
    context.state.declines.filter((each) => each.member !== member),
  );
}

function set(context: StepContext, declines: readonly Decline[]): void {
  if (declines.length === 0 && context.state.declines.length === 0) return;
  context.state = { ...context.state, declines };
}
