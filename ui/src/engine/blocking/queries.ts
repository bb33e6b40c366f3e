// Whether this person has blocked somebody.
//
// Invariant: a block is of a key. The id of a member has its key in it, so a member that changes its
// status stays blocked.

import type { SessionId } from '../ids';
import { digitsIn, digitsOf } from '../private/sealed-id';
import type { Member, RoomSession } from '../room/state';
import type { State } from '../state';
import type { MemberId } from '../../protocol/wire';

export function isBlocked({ room }: Pick<State, 'room'>, member: MemberId): boolean {
  if (room.kind !== 'inside') return false;
  const { session } = room.members.find(({ id }) => id === member)?.status ?? { session: null };
  const names = session === null ? [member] : [member, session];
  return names.some((name) => isBlockedIn(room.roomSession, name));
}

/** `name` is a member id, or the session of an author. */
export function isBlockedIn({ blocked = [] }: RoomSession, name: string): boolean {
  return blocked.some((session) => isOf(session, name));
}

/** What a block of this member is kept by. */
export function blockedAs({ id, status }: Member): SessionId {
  return status.session ?? digitsIn(id);
}

export function isOf(session: SessionId, name: string): boolean {
  return name === session || digitsIn(name) === digitsOf(session);
}
