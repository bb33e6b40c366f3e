// Keeps a call a mesh: two members who both say they are in it and have no link get one.
//
// Invariant: of the two, the impolite one calls, and only after a while: whoever has just come in
// calls by himself.

import { callLink } from './link';
import { membersToLink } from './members';
import type { State } from './state';
import { insideRoom, setTimer, type Turn } from './turn';

const MESH_MS = 3_000;
export const MESH_TIMER = 'mesh';

export function setMeshTimer(turn: Turn, before: State): void {
  if (turn.state.call.kind !== 'active') return;
  if (turn.state.call === before.call && turn.state.room === before.room) return;
  const known = membersToLink(before);
  const isNew = membersToLink(turn.state).some(({ id }) => !known.some((old) => old.id === id));
  if (isNew) setTimer(turn, MESH_TIMER, MESH_MS);
}

export function handleMeshTimer(turn: Turn): void {
  const self = insideRoom(turn)?.self;
  for (const member of membersToLink(turn.state)) {
    if (self !== undefined && self > member.id) callLink(turn, member, 'repair');
  }
}
