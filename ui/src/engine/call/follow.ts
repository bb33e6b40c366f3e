// From one call to another without a press: after a member who has gone there, or because the
// other one stands.
//
// Invariant: each step leads to a call that was not left before, or that stands over the one it
// leads from. So people who follow each other stop.

import { isBlocked } from '../blocking/queries';
import type { CallId } from '../ids';
import type { Member } from '../room/state';
import { finish, type StepContext } from '../step-context';
import { namedCall } from './members';
import { standsOver } from './precedence';

/** The call of a member who left this one; null if it is in none, or in one that is over for us. */
export function followed(
  { state }: StepContext,
  from: CallId,
  member: Member | null,
): CallId | null {
  if (member !== null && isBlocked(state, member.id)) return null;
  const next = member?.status.call ?? null;
  if (next === null || next === from) return null;
  if (!state.finished.includes(next)) return next;
  const isBack = state.passed.includes(next);
  return isBack && standsOver(namedCall(state, next), namedCall(state, from)) ? next : null;
}

/** This page goes on from the call by itself. */
export function pass(context: StepContext, id: CallId): void {
  finish(context, id);
  const others = context.state.passed.filter((passed) => passed !== id);
  context.state = { ...context.state, passed: [id, ...others] };
}

/** The call ends here: nothing leads back. */
export function stay(context: StepContext): void {
  if (context.state.passed.length > 0) context.state = { ...context.state, passed: [] };
}
