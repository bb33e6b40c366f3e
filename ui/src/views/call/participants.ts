// The others in this person's call, as the stage shows them.
//
// Invariant: one for each link, in the order of the links, and never this person.

import type { Link, LinkId, Member, State } from '../../engine/state';
import { displayName } from '../person';

export interface Participant {
  readonly link: LinkId;
  readonly email: string;
  readonly name: string;
  readonly phase: 'calling' | 'connecting' | 'connected' | 'reconnecting';
  readonly microphone: 'on' | 'off';
  readonly camera: 'on' | 'off';
}

export function participantsOf(state: State): readonly Participant[] {
  if (state.call.kind !== 'active') return [];
  const members = state.room.kind === 'inside' ? state.room.members : [];
  return state.call.links.map((link) => participant(link, members));
}

function participant(link: Link, members: readonly Member[]): Participant {
  // While the relay is away a member may be missing; the pictures go on as they were.
  const status = members.find(({ id }) => id === link.member)?.status ?? null;
  return {
    link: link.id,
    email: link.email,
    name: displayName(link.email),
    phase: phaseOf(link),
    microphone: status === null || status.microphone ? 'on' : 'off',
    camera: status === null || status.camera ? 'on' : 'off',
  };
}

function phaseOf(link: Link): Participant['phase'] {
  switch (link.phase) {
    case 'calling':
      return 'calling';
    case 'accepting':
    case 'open':
      return link.path;
  }
}
