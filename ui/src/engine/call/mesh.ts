// Full mesh: connects two members of the call that have no peer for each other.
//
// Invariant: the impolite end calls, after a delay; a member who has just joined calls first.

import { callPeer } from '../peer/commands';
import type { State } from '../state';
import { insideRoom, setTimer, type StepContext } from '../step-context';
import { membersToConnect } from './members';

const MESH_DELAY_MS = 3_000;

export function setMeshTimer(context: StepContext, before: State): void {
  if (context.state.call.kind !== 'active') return;
  if (context.state.call === before.call && context.state.room === before.room) return;
  const known = membersToConnect(before);
  const isNew = membersToConnect(context.state).some(
    ({ id }) => !known.some((old) => old.id === id),
  );
  if (isNew) setTimer(context, { kind: 'mesh' }, MESH_DELAY_MS);
}

export function handleMeshTimer(context: StepContext): void {
  const self = insideRoom(context)?.self;
  for (const member of membersToConnect(context.state)) {
    if (self !== undefined && self > member.id) callPeer(context, member, 'repair');
  }
}
