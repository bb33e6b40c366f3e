// The key that a correspondent gets, and the proof that it shows under another id.
//
// A session is public: any member can repeat it. The key goes to one member, and the proof is good
// for one pair of member ids only, which the relay assigns.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import type { MemberId } from '../../protocol/wire';

const LENGTH = 32;

/** The key for the correspondent with this id. */
export function keyFor(secret: string, ownSession: string, correspondent: string): string {
  return hash('snug chat key 1', secret, ownSession, correspondent);
}

export function proofOf(key: string, from: MemberId, to: MemberId): string {
  return hash('snug chat return 1', key, from, to);
}

function hash(...parts: readonly string[]): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts)))).slice(0, LENGTH);
}
