// The keys of one stay in a room.
//
// Invariant: a session is the hash of its signing key, so only the holder of the key can claim it.
// An agreement key belongs to one load of the page: a new one makes new pair keys, whose counters
// begin again.

import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

import type { SessionId } from '../ids';
import type { Bytes } from './bytes';

export interface KeyPair {
  readonly secret: Bytes;
  readonly shown: Bytes;
}

export interface VisitKeys {
  /** Ed25519, the same for the whole stay. */
  readonly signing: KeyPair;
  /** X25519, new with each load of the page. */
  readonly agreement: KeyPair;
}

export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** From 32 random bytes each. */
export function visitKeys(signing: Bytes, agreement: Bytes): VisitKeys {
  return {
    signing: { secret: signing, shown: signingKeyOf(signing) },
    agreement: { secret: agreement, shown: x25519.getPublicKey(agreement) },
  };
}

export function signingKeyOf(secret: Bytes): Bytes {
  return ed25519.getPublicKey(secret);
}

export function sessionOf(signingKey: Uint8Array): SessionId {
  return bytesToHex(sha256(signingKey));
}

export function sign({ secret }: KeyPair, message: Uint8Array): Bytes {
  return ed25519.sign(message, secret);
}

/** RFC 8032, strict: no key of small order, no second form of a point or a number. */
export function isSignedBy(
  signingKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): boolean {
  try {
    if (ed25519.Point.fromBytes(signingKey).isSmallOrder()) return false;
    return ed25519.verify(signature, message, signingKey, { zip215: false });
  } catch {
    return false;
  }
}

/** Null if the other key is of small order (RFC 7748, section 6.1). */
export function agree({ secret }: KeyPair, other: Uint8Array): Bytes | null {
  try {
    return x25519.getSharedSecret(secret, other);
  } catch {
    return null;
  }
}
