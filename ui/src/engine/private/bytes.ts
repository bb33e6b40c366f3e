// Bytes on the wire of private rooms: base64url, lists of fields, whole numbers, text.
//
// Invariant: one value has one form. Reading refuses every other form of it.

import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** As `concatBytes` of noble types it. */
export type Bytes = Uint8Array<ArrayBuffer>;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** base64url without padding (RFC 4648, section 5). */
export function writeBase64url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const group = (a << 16) | (b << 8) | c;
    const letters = [18, 12, 6, 0].map((shift) => ALPHABET[(group >> shift) & 63] ?? '');
    text += letters.slice(0, Math.min(3, bytes.length - at) + 1).join('');
  }
  return text;
}

/** Null for any text that `writeBase64url` does not write. */
export function readBase64url(text: string): Bytes | null {
  if (text.length % 4 === 1 || !/^[A-Za-z0-9_-]*$/u.test(text)) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let group = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    group = ((group << 6) | ALPHABET.indexOf(letter)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (group >> bits) & 0xff;
    at += 1;
  }
  // Bits behind the last byte are zero.
  return (group & ((1 << bits) - 1)) === 0 ? bytes : null;
}

/** Each field behind its length in 32 bits, big-endian, so no two lists have the same bytes. */
export function listOf(...fields: readonly (string | Uint8Array)[]): Bytes {
  const parts = fields.map((field) => (typeof field === 'string' ? utf8ToBytes(field) : field));
  return concatBytes(...parts.flatMap((part) => [numberIn(4, part.length), part]));
}

/** Big-endian. */
export function numberIn(size: 1 | 2 | 4 | 8, value: number): Bytes {
  const bytes = new Uint8Array(size);
  let rest = value;
  for (let at = size - 1; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** Null if the number is not exact in JavaScript. */
export function readNumber(bytes: Uint8Array): number | null {
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return Number.isSafeInteger(value) ? value : null;
}

/** Null if the bytes are not UTF-8. */
export function readText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
