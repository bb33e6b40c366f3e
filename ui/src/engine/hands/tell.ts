// Tells the own hand.

import type { MemberId } from '../../protocol/wire';
import { activeCall, insideRoom, type StepContext } from '../step-context';
import { sayTo } from '../talk/commands';
import { NEVER_RAISED } from './state';

/** Tells it as news to everybody: all who are in the room, and all peers, whom the relay may miss. */
export function tellHand(context: StepContext): void {
  for (const member of everybody(context)) tell(context, member, false);
}

export function tellHandAgain(context: StepContext): void {
  for (const member of everybody(context)) introduceHand(context, member);
}

/** Tells it to a member who may not know it, unless it is as every hand is at first. */
export function introduceHand(context: StepContext, member: MemberId): void {
  if (context.state.hands.own !== NEVER_RAISED) tell(context, member, true);
}

function tell(context: StepContext, member: MemberId, again: boolean): void {
  sayTo(context, member, { type: 'hand', ...context.state.hands.own, again });
}

function everybody(context: StepContext): ReadonlySet<MemberId> {
  const members = insideRoom(context)?.members ?? [];
  return new Set([
    ...members.filter(({ presence }) => presence === 'here').map(({ id }) => id),
    ...(activeCall(context)?.peers ?? []).map(({ member }) => member),
  ]);
}
