// The secret in the link of a private room, and what is derived from it (docs/protocol.md, "Private
// rooms").
//
// Invariant: the room is a function of the secret. A link with another room is broken, so no private
// link leads into an open room of the same name.

import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import { readBase64url, writeBase64url, type Bytes } from './bytes';
import type { PrivateRoomKeys } from './room-keys';

export const SECRET_BYTES = 32;
export const SUITE = 1;
const VERSION = '1.';

/** The fragment of the link, without `#`. */
export function writeSecret(secret: Uint8Array): string {
  return VERSION + writeBase64url(secret);
}

/** Null if it is cut, changed, or of another version. */
export function readSecret(fragment: string): Bytes | null {
  if (!fragment.startsWith(VERSION)) return null;
  const secret = readBase64url(fragment.slice(VERSION.length));
  return secret?.length === SECRET_BYTES ? secret : null;
}

export function roomKeys(secret: Uint8Array): PrivateRoomKeys {
  const root = derive(secret, 'root', 32);
  return {
    kind: 'private',
    room: `private-${bytesToHex(derive(root, 'room', 16))}`,
    proof: writeBase64url(derive(root, 'proof', 32)),
    root,
    status: derive(root, 'status', 32),
  };
}

export function derive(
  from: Uint8Array,
  label: string,
  length: number,
  salt = new Uint8Array(0),
): Bytes {
  return hkdf(sha256, from, salt, utf8ToBytes(`snug private 1 ${label}`), length);
}
