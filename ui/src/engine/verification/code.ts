// The bytes of the verification code: rounds, commits, nonces, and the code itself
// (docs/protocol.md, "Verification code").
//
// Invariant: a code follows from the room, the call, and the session, identity and nonce of each
// person in it. A commit is good for one round and one attempt.

import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

import type { CallId, SessionId } from '../ids';
import { listOf, numberIn } from '../private/bytes';

/** In lower-case hexadecimal, 32 bytes each. */
export interface Part {
  readonly session: SessionId;
  readonly identity: string;
  readonly nonce: string;
}

/** Numbers in a code, of six bits each. */
export const CODE_LENGTH = 7;
const CODE_BYTES = 6;
const NONCE_BYTES = 32;

/** `sessions` are sorted. */
export function roundOf(room: string, call: CallId, sessions: readonly SessionId[]): string {
  const people = sessions.map((session) => hexToBytes(session));
  return hash(listOf('snug verification round 1', room, call, ...people));
}

export function commitOf(round: string, attempt: number, part: Part): string {
  return hash(
    listOf('snug verification commit 1', hexToBytes(round), numberIn(4, attempt), ...bytesOf(part)),
  );
}

/** `parts` of everybody. */
export function codeOf(round: string, attempt: number, parts: readonly Part[]): readonly number[] {
  const sorted = parts.toSorted((a, b) => (a.session < b.session ? -1 : 1));
  const all = listOf(
    'snug verification code 1',
    hexToBytes(round),
    numberIn(4, attempt),
    ...sorted.flatMap(bytesOf),
  );
  const bytes = hkdf(sha256, all, undefined, utf8ToBytes('snug verification 1 code'), CODE_BYTES);
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: CODE_LENGTH }, (_, at) =>
    Number.parseInt(bits.slice(6 * at, 6 * (at + 1)), 2),
  );
}

/** The n-th nonce of this page; `secret` is random, and told to nobody. */
export function nonceOf(secret: string, drawn: number): string {
  const label = utf8ToBytes(`snug verification 1 nonce ${drawn}`);
  return bytesToHex(hkdf(sha256, utf8ToBytes(secret), undefined, label, NONCE_BYTES));
}

function bytesOf({ session, identity, nonce }: Part): readonly Uint8Array[] {
  return [session, identity, nonce].map((hex) => hexToBytes(hex));
}

function hash(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}
