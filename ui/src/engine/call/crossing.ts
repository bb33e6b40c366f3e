// A ring of another call while our call begins or rings.
//
// Invariant: only a call that nobody has answered gives way, and only to a ring that names us.

import type { CallId } from '../ids';
import type { Peer } from '../peer/state';
import type { State } from '../state';
import { insideRoom, memberOf, type StepContext } from '../step-context';
import { isPaused } from './declines';
import { isClaimant, membersInCall, namedCall } from './members';
import { standsOver } from './precedence';
import type { ActiveCall, Ring } from './state';
import type { NamedCall } from '../room/state';

export type CrossingVerdict =
  /** Their call stands: we go there. */
  | 'yield'
  /** Our call stands, and rings there: the other end comes to us. */
  | 'ignore'
  /** Our call stands; the caller may follow us. */
  | 'busy'
  /** The caller was declined recently. */
  | 'paused';

/** `peer` is ours to the caller, if our call rings there. */
export function judgeCrossing(
  context: StepContext,
  call: ActiveCall,
  peer: Peer | null,
  ring: Ring,
): CrossingVerdict {
  const isAnswered = call.peers.some(({ phase }) => phase !== 'calling');
  if (isAnswered || isMeeting(context.state, call.id) || !isForUs(context, ring)) return 'busy';
  if (peer === null && isPaused(context, ring.from)) return 'paused';
  if (takesUs(context, call, ring, peer !== null)) return 'yield';
  return peer === null ? 'busy' : 'ignore';
}

/** Whether a ring takes us into its call; `isMeant`: our call rings its caller too. */
export function takesUs(
  context: StepContext,
  ours: NamedCall,
  ring: Ring,
  isMeant: boolean,
): boolean {
  const theirs = namedCall(context.state, ring.call);
  return standsOver(theirs, ours) && (isMeant || isLoneCaller(context, ring));
}

/** Whether two others are in the call: it gives way to no ring. */
export function isMeeting(state: State, call: CallId): boolean {
  return membersInCall(state, call).length > 1;
}

/** An offer without `called` rings. */
export function isForUs(context: StepContext, { called }: Ring): boolean {
  const self = insideRoom(context)?.self ?? null;
  return called === null || (self !== null && called.includes(self));
}

/** Nobody else is in its call, and it claims no session of another member. */
function isLoneCaller(context: StepContext, { from, call }: Ring): boolean {
  const member = memberOf(context, from);
  if (member === null || isClaimant(context.state, member)) return false;
  return membersInCall(context.state, call).every(({ id }) => id === from);
}
