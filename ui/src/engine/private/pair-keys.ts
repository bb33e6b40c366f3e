// The keys of two members: one for each direction.
//
// Invariant: they follow from both ids and all four keys, so a box of one pair opens in no other.

import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

import { listOf, type Bytes } from './bytes';
import { derive } from './link-secret';
import type { RoomKeys } from './room-keys';
import { agree, type VisitKeys } from './visit-keys';
import type { MemberId } from '../../protocol/wire';

export interface PairKeys {
  readonly send: Bytes;
  readonly receive: Bytes;
}

export interface OtherMember {
  readonly id: MemberId;
  readonly signingKey: Bytes;
  readonly agreementKey: Bytes;
}

/** Null if the other's agreement key is of small order. */
export function pairKeys(
  { room, root }: RoomKeys,
  self: MemberId,
  { signing, agreement }: VisitKeys,
  other: OtherMember,
): PairKeys | null {
  const shared = agree(agreement, other.agreementKey);
  if (shared === null) return null;
  const own = { id: self, signingKey: signing.shown, agreementKey: agreement.shown };
  const isLow = self < other.id;
  const [low, high] = isLow ? [own, other] : [other, own];
  const pair = listOf(
    'snug pair 1',
    room,
    ...[low, high].flatMap(({ id, signingKey, agreementKey }) => [id, signingKey, agreementKey]),
  );
  const keys = derive(concatBytes(shared, root), 'pair', 64, sha256(pair));
  const [ofLow, ofHigh] = [keys.slice(0, 32), keys.slice(32)];
  return isLow ? { send: ofLow, receive: ofHigh } : { send: ofHigh, receive: ofLow };
}
