// What views and other slices may ask about identities.

import type { SessionId } from '../ids';
import type { RoomSession } from '../room/state';
import { pinOf, pinsOf } from './pins';
import type { IdentityState } from './state';

/** How a member's identity compares with what is kept of its email. */
export type Standing =
  /** Nothing has been proven yet, and nothing is known of the email. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'first-seen'; readonly at: number }
  | { readonly kind: 'compared'; readonly at: number }
  /** Compared under this other email. */
  | { readonly kind: 'renamed'; readonly email: string; readonly at: number }
  /** The email is known with another identity. */
  | { readonly kind: 'changed'; readonly before: 'seen' | 'compared' }
  /** The email is known with an identity, and the member shows none. */
  | { readonly kind: 'missing'; readonly before: 'seen' | 'compared' }
  /** It shows an identity that is not its own. */
  | { readonly kind: 'false' };

/** Whether the members of the room prove their sessions by keys. */
export function provesSessions({ sealed }: RoomSession): boolean {
  return sealed !== undefined;
}

export function standingOf(
  { claims, pins, keeping }: IdentityState,
  { email, session }: { readonly email: string; readonly session: SessionId | null },
): Standing {
  const claim = session === null ? undefined : claims[session];
  if (keeping === 'loading') return { kind: 'unknown' };
  const known = pinsOf(pins, email);
  const before = known.some(({ compared }) => compared !== null) ? 'compared' : 'seen';
  switch (claim?.kind) {
    case undefined:
    case 'checking':
      return { kind: 'unknown' };
    case 'absent':
      return known.length === 0 ? { kind: 'unknown' } : { kind: 'missing', before };
    case 'false':
      return { kind: 'false' };
    case 'proven':
      break;
  }
  const pin = pinOf(pins, email, claim.key);
  if (pin?.compared != null) return { kind: 'compared', at: pin.compared };
  if (pin === null && known.length > 0) return { kind: 'changed', before };
  const elsewhere = pins.find(({ key, compared }) => key === claim.key && compared !== null);
  if (elsewhere?.compared != null) {
    return { kind: 'renamed', email: elsewhere.email, at: elsewhere.compared };
  }
  return pin === null ? { kind: 'unknown' } : { kind: 'first-seen', at: pin.firstSeen };
}

/** Whether people have to be told, in words that stay. */
export function isLoud({ kind }: Standing): boolean {
  switch (kind) {
    case 'changed':
    case 'missing':
    case 'false':
      return true;
    case 'unknown':
    case 'first-seen':
    case 'compared':
    case 'renamed':
      return false;
  }
}

/** The proven key of a session. */
export function provenKey({ claims }: IdentityState, session: SessionId): string | null {
  const claim = claims[session];
  return claim?.kind === 'proven' ? claim.key : null;
}
