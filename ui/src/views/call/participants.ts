// The others in this person's call, as the stage shows them.
//
// Invariant: one for each link, in the order of the links, and never this person.

import type { Link, LinkId, Member, State } from '../../engine/state';
import { fullName, personNames, type PersonName } from '../../engine/person-name';
import { emailsIn } from '../../engine/turn';

export interface Participant {
  readonly link: LinkId;
  readonly email: string;
  /** For sentences: with the email where others have a name that looks the same. */
  readonly name: string;
  readonly person: PersonName;
  readonly phase: 'calling' | 'connecting' | 'connected' | 'reconnecting';
  readonly microphone: 'on' | 'off';
  readonly camera: 'on' | 'off';
}

export function participantsOf(state: State): readonly Participant[] {
  if (state.call.kind !== 'active') return [];
  const { links } = state.call;
  if (state.room.kind !== 'inside') return [];
  const { members } = state.room;
  // A member who is away is missing from the room, and still in the call.
  const away = links.filter((link) => members.every(({ id }) => id !== link.member));
  const names = personNames([...emailsIn(state.room), ...away.map(({ email }) => email)]);
  const [, ...others] = names;
  return links.map((link) => {
    const at = members.findIndex(({ id }) => id === link.member);
    return participant(link, members, others[at < 0 ? members.length + away.indexOf(link) : at]);
  });
}

function participant(
  link: Link,
  members: readonly Member[],
  person: PersonName = { name: link.email, email: link.email, needsEmail: false },
): Participant {
  // While the relay is away a member may be missing; the pictures go on as they were.
  const status = members.find(({ id }) => id === link.member)?.status ?? null;
  return {
    link: link.id,
    email: link.email,
    name: fullName(person),
    person,
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
