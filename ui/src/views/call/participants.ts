// The other members of this person's call, for the stage.
//
// Invariant: one per peer, in the order of the peers, never this person.

import { standingOf, type Standing } from '../../engine/identity/queries';
import type { MemberId } from '../../protocol/wire';
import type { Peer, PeerId, Member, State } from '../../engine/state';
import { fullName, personNames, type PersonName } from '../../engine/person-name';
import type { ScreenStatus } from '../../engine/share/state';
import { shownHands, turnOf } from '../../engine/hands/order';
import { emailsIn } from '../../engine/step-context';

export interface Participant {
  readonly peer: PeerId;
  readonly member: MemberId;
  readonly email: string;
  /** For sentences: with the email if another name looks the same. */
  readonly name: string;
  readonly person: PersonName;
  readonly phase: 'calling' | 'connecting' | 'connected' | 'reconnecting';
  readonly microphone: 'on' | 'off';
  readonly camera: 'on' | 'off';
  readonly screen: ScreenStatus;
  /** The number in the order of raised hands; null while the hand is down. */
  readonly turn: number | null;
  readonly attention: 'here' | 'away';
  /** How the person is known. */
  readonly standing: Standing;
}

export function participantsOf(state: State): readonly Participant[] {
  if (state.call.kind !== 'active') return [];
  const { peers } = state.call;
  if (state.room.kind !== 'inside') return [];
  const { members } = state.room;
  // A detached peer has no member in the room.
  const away = peers.filter((peer) => members.every(({ id }) => id !== peer.member));
  const pictures = state.budget.dataUse === 'audio-only' ? 'none' : 'shown';
  const names = personNames([...emailsIn(state.room), ...away.map(({ email }) => email)]);
  const [, ...others] = names;
  const hands = shownHands(state);
  return peers.map((peer) => {
    const at = members.findIndex(({ id }) => id === peer.member);
    const person = others[at < 0 ? members.length + away.indexOf(peer) : at];
    const turn = turnOf(hands, peer.member);
    const standing = standingOf(state.identity, peer);
    return { ...participant(peer, members, pictures, person), turn, standing };
  });
}

function participant(
  peer: Peer,
  members: readonly Member[],
  /** `none`: this person asked for audio only, so nobody sends a picture. */
  pictures: 'shown' | 'none',
  person: PersonName = { name: peer.email, email: peer.email, needsEmail: false },
): Omit<Participant, 'turn' | 'standing'> {
  // A detached peer has no status; its tile stays unchanged.
  const status = members.find(({ id }) => id === peer.member)?.status ?? null;
  return {
    peer: peer.id,
    member: peer.member,
    email: peer.email,
    name: fullName(person),
    person,
    phase: phaseOf(peer),
    microphone: status === null || status.microphone ? 'on' : 'off',
    camera: pictures === 'shown' && (status === null || status.camera) ? 'on' : 'off',
    screen: pictures === 'shown' && status !== null ? status.screen : 'off',
    attention: status?.away === true ? 'away' : 'here',
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
