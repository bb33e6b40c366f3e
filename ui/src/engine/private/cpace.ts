// CPace over ristretto255 (draft-irtf-cfrg-cpace-21, CPACE-RISTR255-SHA512): two members that know one
// passcode get one key, and who does not know it learns nothing but whether one guess was right.
//
// Invariant: names are those of the draft. K leaves no function; only ISK does. A share that is no
// point, or the identity, gives no key. `initiator` is A, `responder` is B.

import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

import type { Bytes } from './bytes';

const DSI = utf8ToBytes('CPaceRistretto255');
const DSI_ISK = utf8ToBytes('CPaceRistretto255_ISK');
const MAC = utf8ToBytes('CPaceMac');
/** The block of SHA-512. */
const S_IN_BYTES = 128;

export const SHARE_BYTES = 32;
export const TAG_BYTES = 64;
/** For one scalar: wider than the group's order, so that reducing favours none. */
export const SCALAR_BYTES = 64;

/** What both ends know before they begin. */
export interface Common {
  readonly passcode: Uint8Array;
  /** CI of the draft: the room, and who is who. */
  readonly channel: Uint8Array;
  readonly sid: Uint8Array;
}

/** What one end shows: Y and AD of the draft. */
export interface Shown {
  readonly share: Uint8Array;
  readonly data: Uint8Array;
}

/** `generator_string` of the draft. */
export function generatorString({ passcode, channel, sid }: Common): Bytes {
  const used = prependLength(passcode).length + prependLength(DSI).length + 1;
  const zeros = new Uint8Array(Math.max(0, S_IN_BYTES - used));
  return lvCat(DSI, passcode, zeros, channel, sid);
}

/** Y. `random` are `SCALAR_BYTES` random bytes, of one handshake only. */
export function shareOf(common: Common, random: Uint8Array): Bytes | null {
  const scalar = scalarOf(random);
  if (scalar === null) return null;
  const generator = ristretto255_hasher.deriveToCurve?.(sha512(generatorString(common)));
  return generator === undefined ? null : copy(generator.multiply(scalar).toBytes());
}

/** ISK; null if the other end's share is not valid. */
export function sharedKey(
  sid: Uint8Array,
  random: Uint8Array,
  shown: { readonly initiator: Shown; readonly responder: Shown },
  own: 'initiator' | 'responder',
): Bytes | null {
  const other = own === 'initiator' ? shown.responder : shown.initiator;
  const scalar = scalarOf(random);
  const k = scalar === null ? null : multiplied(other.share, scalar);
  if (k === null) return null;
  return sha512(
    concatBytes(lvCat(DSI_ISK, sid, k), written(shown.initiator), written(shown.responder)),
  );
}

/** What an end says to prove that it has the key: over what it has shown. */
export function tagOf(sid: Uint8Array, isk: Uint8Array, shown: Shown): Bytes {
  return hmac(sha512, sha512(concatBytes(MAC, sid, isk)), written(shown));
}

/** In a time that does not depend on where they differ. */
export function isSameTag(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  return a.reduce((difference, byte, at) => difference | (byte ^ (b[at] ?? 0)), 0) === 0;
}

/** `scalar_mult_vfy` of the draft. */
function multiplied(share: Uint8Array, scalar: bigint): Bytes | null {
  try {
    const point = ristretto255.Point.fromBytes(share);
    if (point.is0()) return null;
    return copy(point.multiply(scalar).toBytes());
  } catch {
    return null;
  }
}

function scalarOf(random: Uint8Array): bigint | null {
  const number = random.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const scalar = ristretto255.Point.Fn.create(number);
  return scalar === 0n ? null : scalar;
}

function written({ share, data }: Shown): Bytes {
  return lvCat(share, data);
}

/** `lv_cat` of the draft: each field behind its length. */
function lvCat(...fields: readonly Uint8Array[]): Bytes {
  return concatBytes(...fields.map(prependLength));
}

/** Lengths in LEB128. */
function prependLength(field: Uint8Array): Bytes {
  const length: number[] = [];
  let rest = field.length;
  do {
    length.push(rest < 128 ? rest : (rest & 0x7f) | 0x80);
    rest >>= 7;
  } while (rest > 0);
  return concatBytes(Uint8Array.from(length), field);
}

function copy(bytes: Uint8Array): Bytes {
  return Uint8Array.from(bytes);
}
