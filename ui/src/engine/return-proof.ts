// Proof that a member under a new id holds the other end of a connection that we have.
//
// A session id is public: whoever is in the room can repeat it. The fingerprint of the offer that
// began a connection is known to its two ends only, as every connection has a certificate of its
// own. So the proof is a hash over it and both member ids: the relay makes the ids, and a proof for
// one pair of them says nothing to another.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import { callersPart } from './connection-name';
import type { CallId, Link } from './state';
import type { MemberId } from '../protocol/wire';

/** Null where the two ends share nothing yet: an offer has not been made, or has no fingerprint. */
export function returnProof(
  call: CallId,
  { connection, fingerprints: { offer } }: Pick<Link, 'connection' | 'fingerprints'>,
  from: MemberId,
  to: MemberId,
): string | null {
  if (connection === null || offer === null) return null;
  const parts = ['snug return 1', call, callersPart(connection), offer, from, to];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts))));
}
