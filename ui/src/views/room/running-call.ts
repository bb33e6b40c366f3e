// The running call of the room without this person, from the status of the members.

import type { CallId, Member } from '../../engine/state';

export interface RunningCall {
  readonly call: CallId;
  readonly members: readonly Member[];
}

/** The call with most members; null if there is none. The first wins a tie. Lost ones do not count. */
export function runningCall(members: readonly Member[]): RunningCall | null {
  const calls = new Map<CallId, Member[]>();
  for (const member of members) {
    const { call } = member.status;
    if (call === null || member.presence !== 'here') continue;
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
