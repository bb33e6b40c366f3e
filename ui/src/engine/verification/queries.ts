// What the verification code is about: the people in the call, and what of them is awaited.

import { provenKey, provesSessions } from '../identity/queries';
import type { CallId, SessionId } from '../ids';
import type { State } from '../state';
import { isHash } from '../wire/talk/verification';
import type { MemberId } from '../../protocol/wire';
import type { Round } from './state';

/** Another person in the call. */
export interface PersonInCall {
  readonly session: SessionId;
  readonly email: string;
  /** Where to say something to it. */
  readonly member: MemberId;
}

export type PeopleInCall =
  | { readonly kind: 'none' }
  /** Somebody's session is not proven. */
  | { readonly kind: 'unproven' }
  | {
      readonly kind: 'people';
      readonly room: string;
      readonly call: CallId;
      readonly own: SessionId;
      readonly others: readonly PersonInCall[];
    };

/** Those whose status names the call, and those with a connection in it. */
export function peopleInCall({ room, call }: Pick<State, 'room' | 'call'>): PeopleInCall {
  if (room.kind !== 'inside' || call.kind !== 'active') return { kind: 'none' };
  const { roomSession, members } = room;
  if (!provesSessions(roomSession)) return { kind: 'none' };
  const peers = call.peers.filter(({ phase }) => phase !== 'calling');
  const isPeer = (id: MemberId): boolean => peers.some(({ member }) => member === id);
  const named = members.filter(
    ({ id, status, presence }) => isPeer(id) || (status.call === call.id && presence === 'here'),
  );
  const gone = peers.filter(({ member }) => !members.some(({ id }) => id === member));
  const all = [
    ...gone.map(({ member, email, session }) => ({ member, email, session })),
    ...named.map(({ id, email, status: { session } }) => ({ member: id, email, session })),
  ];
  const own = roomSession.session;
  const others = new Map<SessionId, PersonInCall>();
  for (const { member, email, session } of all) {
    if (!isHash(session)) return { kind: 'unproven' };
    // An earlier place of the same stay comes first, and this page may have had one too.
    if (session !== own) others.set(session, { session, email, member });
  }
  if (others.size === 0) return { kind: 'none' };
  return {
    kind: 'people',
    room: roomSession.room,
    call: call.id,
    own,
    others: [...others.values()],
  };
}

/** Names one code, so that an answer is about the code that the person has seen. */
export function codeName({ id, attempt }: Round): string {
  return `${id} ${attempt}`;
}

/** The sessions without which there is no code yet. */
export function awaitedIn(
  { identity }: Pick<State, 'identity'>,
  round: Round,
): readonly SessionId[] {
  if (round.progress.kind === 'made' || round.progress.kind === 'broken') return [];
  return otherSessions(round).filter((session) => {
    const { [session]: commit } = round.commits;
    const { [session]: nonce } = round.nonces;
    return commit === undefined || nonce === undefined || provenKey(identity, session) === null;
  });
}

export function otherSessions({ sessions, ownSession }: Round): readonly SessionId[] {
  return sessions.filter((session) => session !== ownSession);
}
