// The form that all boxes share: the suite, a head, and what is sealed, in base64url. What is signed and
// not sealed is the suite and the content.
//
// Invariant: what has another form or does not open is refused with its reason, and nothing throws.

import { concatBytes } from '@noble/hashes/utils.js';

import { numberIn, readBase64url, writeBase64url, type Bytes } from './bytes';
import { SUITE } from './link-secret';
import { refused } from './refusal';

const TAG_BYTES = 16;

interface Box {
  /** The nonce, or what it is made of. */
  readonly head: Bytes;
  readonly sealed: Bytes;
}

interface Cipher {
  decrypt(sealed: Uint8Array): Bytes;
}

export function writeBox(head: Uint8Array, sealed: Uint8Array): string {
  return writeBase64url(concatBytes(numberIn(1, SUITE), head, sealed));
}

export function readBox(text: string, headBytes: number): Box | ReturnType<typeof refused> {
  const bytes = readBase64url(text);
  if (bytes === null || bytes.length < 1 + headBytes + TAG_BYTES) return refused('unsealed');
  if (bytes[0] !== SUITE) return refused('suite');
  return { head: bytes.slice(1, 1 + headBytes), sealed: bytes.slice(1 + headBytes) };
}

export function writePlain(content: Uint8Array): string {
  return writeBase64url(concatBytes(numberIn(1, SUITE), content));
}

export function readPlain(text: string): { content: Bytes } | ReturnType<typeof refused> {
  const bytes = readBase64url(text);
  if (bytes === null || bytes.length === 0) return refused('unsealed');
  return bytes[0] === SUITE ? { content: bytes.slice(1) } : refused('suite');
}

/** Null if it does not open. */
export function decrypted(cipher: Cipher, sealed: Bytes): Bytes | null {
  try {
    return cipher.decrypt(sealed);
  } catch {
    return null;
  }
}
