// The running call of the room without this person, from the status of the members.

import { largestCall } from '../../engine/call/members';
import type { CallId, Member } from '../../engine/state';
import type { MemberId } from '../../protocol/wire';

export interface RunningCall {
  readonly call: CallId;
  readonly members: readonly Member[];
}

/** The one that a press on Call joins; null if there is none. Lost members do not count. */
export function runningCall(
  members: readonly Member[],
  isBlocked: (member: MemberId) => boolean = () => false,
): RunningCall | null {
  const here = members.filter(({ presence }) => presence === 'here');
  const call = largestCall(here, isBlocked);
  return call === null
    ? null
    : { call, members: here.filter(({ status }) => status.call === call) };
}
