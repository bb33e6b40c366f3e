// Two calls to everybody in one room become one (docs/protocol.md, "Calls that meet").
//
// Invariant: the call with more members stands; of two alike, the one with the larger id. Everybody
// waits until nothing has changed for a while, so that all count the same.

import type { CallId } from '../ids';
import { notify, clearTimer, setTimer, type StepContext } from '../step-context';
import type { State } from '../state';
import type { Timer } from '../timer';
import { goOver } from './enter';
import { callableMembers, isClaimant, welcomeMembers } from './members';
import { isDeclinedFor } from './declines';
import type { ActiveCall } from './state';

const UNCHANGED_MS = 1_500;
const MERGE_TIMER: Timer = { kind: 'merge' };

export function setMergeTimer(context: StepContext, before: State): void {
  const { state } = context;
  if (state.call === before.call && state.room === before.room) return;
  const counts = countsOf(state);
  if (JSON.stringify(counts) === JSON.stringify(countsOf(before))) return;
  if (standing(state) === null) clearTimer(context, MERGE_TIMER);
  else setTimer(context, MERGE_TIMER, UNCHANGED_MS);
}

export function handleMergeTimer(context: StepContext): void {
  const next = standing(context.state);
  if (next === null) return;
  // Without the relay, the others are not known.
  if (context.state.signaling.kind !== 'connected')
    return setTimer(context, MERGE_TIMER, UNCHANGED_MS);
  goOver(context, next, []);
  notify(context, { code: 'calls-merged' }, null);
}

/** The call to go over to; null if ours stands, or nobody there would be connected. */
function standing(state: State): CallId | null {
  const { call } = state;
  if (call.kind !== 'active') return null;
  const counts = countsOf(state);
  const [first] = counts.toSorted((a, b) => b.members - a.members || (a.id < b.id ? 1 : -1));
  if (first === undefined || first.id === call.id) return null;
  const isThere = welcomeMembers(state).some(
    (member) =>
      member.status.call === first.id &&
      !isClaimant(state, member) &&
      !isDeclinedFor(state.declines, member.id, first.id),
  );
  return isThere ? first.id : null;
}

interface Count {
  readonly id: CallId;
  readonly members: number;
}

/** The members of each call to everybody; none if ours is not one. */
function countsOf(state: State): readonly Count[] {
  const { call } = state;
  if (call.kind !== 'active' || call.scope !== 'everybody') return [];
  const counts = new Map<CallId, number>([[call.id, ourMembers(state, call)]]);
  for (const { status } of callableMembers(state)) {
    if (status.call === null || status.call === call.id || status.scope === 'some') continue;
    counts.set(status.call, (counts.get(status.call) ?? 0) + 1);
  }
  return [...counts].map(([id, members]) => ({ id, members }));
}

/** Of our call: also a connected one whose line to the relay is lost. */
function ourMembers(state: State, call: ActiveCall): number {
  const here = callableMembers(state).filter(({ status }) => status.call === call.id);
  const away = call.peers.filter(
    ({ member, path }) => path === 'connected' && !here.some(({ id }) => id === member),
  );
  return 1 + here.length + away.length;
}
