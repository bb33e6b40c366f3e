// SHA-256 by the browser, and lists of block hashes.
//
// Invariant: in a list, zeros stand for a block that is not there; no content has that hash.

import { withBlock, NO_BLOCKS, type BlockSet } from '../../engine/files/block-set';
import { bytesOf, hashOf, HASH_BYTES, type Hash } from '../../engine/files/hash';

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Hash> {
  return hashOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

export function newHashes(count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(count * HASH_BYTES);
}

export function setHash(hashes: Uint8Array, block: number, hash: Hash): void {
  hashes.set(bytesOf(hash), block * HASH_BYTES);
}

export function hashAt(hashes: Uint8Array, block: number): Hash | null {
  const bytes = hashes.subarray(block * HASH_BYTES, (block + 1) * HASH_BYTES);
  return bytes.some((byte) => byte !== 0) ? hashOf(bytes) : null;
}

export function blocksIn(hashes: Uint8Array): BlockSet {
  let set = NO_BLOCKS;
  for (let block = 0; block < hashes.length / HASH_BYTES; block += 1)
    if (hashAt(hashes, block) !== null) set = withBlock(set, block);
  return set;
}
