// The id of a member as the engine knows it: that of the relay, and the key.
//
// Invariant: two members with different signing keys never have one id, so nothing of a member goes
// over to another one to which the relay gives the same place.

import type { MemberId } from '../../protocol/wire';
import type { SessionId } from '../ids';

/** Hexadecimal digits of the session, which is the hash of the signing key. */
const SESSION_DIGITS = 16;

export function sealedId(atRelay: MemberId, session: SessionId): MemberId {
  return `${atRelay}.${digitsOf(session)}`;
}

export function relayId(id: MemberId): MemberId {
  return id.slice(0, -(SESSION_DIGITS + 1));
}

/** What an id has of the session. */
export function digitsOf(session: SessionId): string {
  return session.slice(0, SESSION_DIGITS);
}

export function digitsIn(id: MemberId): string {
  return id.slice(id.lastIndexOf('.') + 1);
}
