// State of the identities: the own one in this stay, what others have shown of theirs, and the
// pinned ones.
//
// Invariant: nothing follows from what was seen before the pins are loaded. A pin is added at first
// sight only where its email has none; else by a person who has compared.

import type { SessionId } from '../ids';

export interface IdentitySlice {
  readonly identity: IdentityState;
}

export interface IdentityState {
  /** Signed for this stay; null before that, and where keys prove nobody. */
  readonly own: SignedIdentity | null;
  readonly keeping: Keeping;
  readonly claims: Readonly<Record<SessionId, Claim>>;
  readonly pins: readonly Pin[];
}

/** A long-lived key (Ed25519), and its signature over the room and the session. In hexadecimal. */
export interface SignedIdentity {
  readonly key: string;
  readonly signature: string;
}

/** `this-page`: where nothing can be stored, it is gone with the page, and so are the pins. */
export type Keeping = 'loading' | 'kept' | 'this-page';

/** What the page knows of the identity of another session. */
export type Claim =
  | { readonly kind: 'checking' | 'proven' | 'false'; readonly key: string }
  /** It has shown none for a while. */
  | { readonly kind: 'absent' };

/** An identity as the one of an email. */
export interface Pin {
  readonly email: string;
  /** In hexadecimal. */
  readonly key: string;
  /** In milliseconds since 1970. */
  readonly firstSeen: number;
  /** When a person found the same code; null before. */
  readonly compared: number | null;
  /** Whether this person has blocked its owner. */
  readonly blocked: boolean;
}

export const NO_IDENTITY: IdentityState = {
  own: null,
  keeping: 'loading',
  claims: {},
  pins: [],
};
