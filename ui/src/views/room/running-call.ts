// The call that goes on in the room without this person, told by what everybody says of himself.

import type { CallId, Member } from '../../engine/state';

export interface RunningCall {
  readonly call: CallId;
  readonly members: readonly Member[];
}

/** The call most members are in; null where nobody is in one. The first wins a tie. */
export function runningCall(members: readonly Member[]): RunningCall | null {
  const calls = new Map<CallId, Member[]>();
  for (const member of members) {
    const { call } = member.status;
    if (call === null) continue;
    calls.set(call, [...(calls.get(call) ?? []), member]);
  }
  let largest: RunningCall | null = null;
  for (const [call, inIt] of calls) {
    if (largest === null || inIt.length > largest.members.length) {
      largest = { call, members: inIt };
    }
  }
  return largest;
}
