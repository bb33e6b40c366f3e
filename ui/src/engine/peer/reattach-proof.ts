// Proof that a member under a new id holds the other end of a connection that we have.
//
// A session id is public: any member of the room can repeat it. Each connection has its own
// certificate, and of the members only its two ends know the fingerprint of its first offer; who sees
// the handshake on the line may know it too. The proof is a hash over this fingerprint and both member
// ids, and comes from a member with the session of the connection. The relay assigns the ids, so a proof is valid for one
// pair of ids only.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import type { CallId } from '../ids';
import { callersPart } from '../wire/connection-name';
import type { MemberId } from '../../protocol/wire';
import type { Peer } from './state';

/** Null if there is no offer yet, or the offer has no fingerprint. */
export function reattachProof(
  call: CallId,
  { connection, fingerprints: { offer } }: Pick<Peer, 'connection' | 'fingerprints'>,
  from: MemberId,
  to: MemberId,
): string | null {
  if (connection === null || offer === null) return null;
  const parts = ['snug return 1', call, callersPart(connection), offer, from, to];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts))));
}
