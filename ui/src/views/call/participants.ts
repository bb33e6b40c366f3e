// The other members of this person's call, for the stage.
//
// Invariant: one per peer, in the order of the peers, never this person.

import type { Peer, PeerId, Member, State } from '../../engine/state';
import { fullName, personNames, type PersonName } from '../../engine/person-name';
import { emailsIn } from '../../engine/step-context';

export interface Participant {
  readonly peer: PeerId;
  readonly email: string;
  /** For sentences: with the email if another name looks the same. */
  readonly name: string;
  readonly person: PersonName;
  readonly phase: 'calling' | 'connecting' | 'connected' | 'reconnecting';
  readonly microphone: 'on' | 'off';
  readonly camera: 'on' | 'off';
}

export function participantsOf(state: State): readonly Participant[] {
  if (state.call.kind !== 'active') return [];
  const { peers } = state.call;
  if (state.room.kind !== 'inside') return [];
  const { members } = state.room;
  // A detached peer has no member in the room.
  const away = peers.filter((peer) => members.every(({ id }) => id !== peer.member));
  const names = personNames([...emailsIn(state.room), ...away.map(({ email }) => email)]);
  const [, ...others] = names;
  return peers.map((peer) => {
    const at = members.findIndex(({ id }) => id === peer.member);
    return participant(peer, members, others[at < 0 ? members.length + away.indexOf(peer) : at]);
  });
}

function participant(
  peer: Peer,
  members: readonly Member[],
  person: PersonName = { name: peer.email, email: peer.email, needsEmail: false },
): Participant {
  // A detached peer has no status; its tile stays unchanged.
  const status = members.find(({ id }) => id === peer.member)?.status ?? null;
  return {
    peer: peer.id,
    email: peer.email,
    name: fullName(person),
    person,
    phase: phaseOf(peer),
    microphone: status === null || status.microphone ? 'on' : 'off',
    camera: status === null || status.camera ? 'on' : 'off',
  };
}

function phaseOf(peer: Peer): Participant['phase'] {
  switch (peer.phase) {
    case 'calling':
      return 'calling';
    case 'accepting':
    case 'open':
      return peer.path;
  }
}
