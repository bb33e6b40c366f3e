// The vectors of members' keys, which the Rust implementation checks too
// (`crates/signal-protocol/tests/private_rooms.rs`).

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';

import vectors from '../../../../crates/signal-protocol/testdata/private-vectors.json';
import type { DirectedKind } from '../../protocol/wire';
import type { Bytes } from './bytes';
import { readSecret, roomKeys, writeSecret } from './link-secret';
import { pairKeys, type PairKeys } from './pair-keys';
import { openPayload, sealPayload } from './payload-box';
import { openRoomKeys, type RoomKeys } from './room-keys';
import { openStatus, sealStatus } from './status-box';
import { sessionOf, visitKeys, type VisitKeys } from './visit-keys';

const { link, pair } = vectors;
const keys = roomKeys(hexToBytes(link.secret));
const visitKeysOf = vectors.visitKeys.map(({ signing, agreement }) =>
  visitKeys(hexToBytes(signing), hexToBytes(agreement)),
);

function visitOf(index: number): VisitKeys {
  const visit = visitKeysOf[index];
  if (visit === undefined) throw new Error(`No visit ${index}.`);
  return visit;
}

function kindOf(text: string): DirectedKind {
  const kinds: readonly DirectedKind[] = [
    'user:call',
    'call:accepted',
    'call:ended',
    'peer:nego:needed',
    'peer:nego:done',
    'peer:candidate',
    'user:message',
  ];
  const kind = kinds.find((each) => each === text);
  if (kind === undefined) throw new Error(`No kind ${text}.`);
  return kind;
}

/** The keys as `self` derives them. */
function derived(self: 'low' | 'high', room: RoomKeys = keys): PairKeys {
  const [own, other] = self === 'low' ? [pair.low, pair.high] : [pair.high, pair.low];
  const { signing, agreement } = visitOf(other.visit);
  const member = { id: other.id, signingKey: signing.shown, agreementKey: agreement.shown };
  const found = pairKeys(room, own.id, visitOf(own.visit), member);
  if (found === null) throw new Error('No keys.');
  return found;
}

function keyFrom(from: string): Bytes {
  return from === pair.low.id ? derived('low').send : derived('low').receive;
}

describe('private room', () => {
  test('keys_follow_from_the_secret', () => {
    expect(writeSecret(hexToBytes(link.secret))).toBe(link.fragment);
    expect(bytesToHex(readSecret(link.fragment) ?? new Uint8Array(0))).toBe(link.secret);
    expect(keys).toMatchObject({ room: link.room, proof: link.proof });
    expect([keys.root, keys.status].map(bytesToHex)).toEqual([link.root, link.status]);
  });

  test.each(vectors.brokenFragments)('fragment_that_is_not_whole_is_refused: %s', (fragment) => {
    expect(readSecret(fragment)).toBeNull();
  });

  test.each(vectors.visitKeys)('visit_has_its_keys: $session', (visit) => {
    const { signing, agreement } = visitKeys(
      hexToBytes(visit.signing),
      hexToBytes(visit.agreement),
    );
    expect(bytesToHex(signing.shown)).toBe(visit.signingKey);
    expect(bytesToHex(agreement.shown)).toBe(visit.agreementKey);
    expect(sessionOf(signing.shown)).toBe(visit.session);
  });

  test.each(vectors.statuses)('status_is_sealed_and_opened: $counter', (row) => {
    const { visit, box, nonce, ...said } = row;
    const { signing, agreement } = visitOf(visit);
    expect(sealStatus(keys, visitOf(visit), said, hexToBytes(nonce))).toBe(box);
    expect(openStatus(keys, box)).toEqual({
      opened: { ...said, signingKey: signing.shown, agreementKey: agreement.shown },
    });
    expect(box.length).toBeLessThanOrEqual(2_048);
  });

  test('both_members_derive_the_same_keys', () => {
    const [low, high] = [derived('low'), derived('high')];
    expect([low.send, high.receive].map(bytesToHex)).toEqual([pair.lowToHigh, pair.lowToHigh]);
    expect([high.send, low.receive].map(bytesToHex)).toEqual([pair.highToLow, pair.highToLow]);
  });

  test.each(vectors.payloads)('payload_is_sealed_and_opened: $type $counter', (row) => {
    const { from, to, counter, payload, box } = row;
    const envelope = { room: keys.room, type: kindOf(row.type), from, to };
    expect(sealPayload(keyFrom(from), envelope, counter, payload)).toBe(box);
    const opened = openPayload(keyFrom(from), envelope, counter - 1, box);
    expect(opened).toEqual({ opened: { payload, counter } });
  });

  test.each(vectors.smallOrderAgreementKeys)('key_of_small_order_gives_no_pair: %s', (key) => {
    const { signing } = visitOf(1);
    const member = { id: 'b2', signingKey: signing.shown, agreementKey: hexToBytes(key) };
    expect(pairKeys(keys, 'a1', visitOf(0), member)).toBeNull();
  });

  test.each(vectors.refused.statuses)('status_is_refused: $why', ({ box, reason }) => {
    expect(openStatus(keys, box)).toEqual({ refused: reason });
  });

  test.each(vectors.refused.payloads)('payload_is_refused: $why', (row) => {
    const { from, to, last, box, reason } = row;
    const envelope = { room: keys.room, type: kindOf(row.type), from, to };
    expect(openPayload(keyFrom('a1'), envelope, last, box)).toEqual({ refused: reason });
  });
});

describe('open room', () => {
  const open = openRoomKeys(vectors.open.room);
  const noNonce = new Uint8Array(0);

  test.each(vectors.open.statuses)('status_is_signed_and_read: $counter', (row) => {
    const { visit, box, ...said } = row;
    const { signing, agreement } = visitOf(visit);
    expect(sealStatus(open, visitOf(visit), said, noNonce)).toBe(box);
    expect(openStatus(open, box)).toEqual({
      opened: { ...said, signingKey: signing.shown, agreementKey: agreement.shown },
    });
    expect(box.length).toBeLessThanOrEqual(2_048);
  });

  test('both_members_derive_the_same_keys', () => {
    const [low, high] = [derived('low', open), derived('high', open)];
    const { lowToHigh, highToLow } = vectors.open;
    expect([low.send, high.receive].map(bytesToHex)).toEqual([lowToHigh, lowToHigh]);
    expect([high.send, low.receive].map(bytesToHex)).toEqual([highToLow, highToLow]);
  });

  test.each(vectors.open.payloads)('payload_is_sealed_and_opened: $type $counter', (row) => {
    const { from, to, counter, payload, box } = row;
    const { send, receive } = derived('low', open);
    const key = from === pair.low.id ? send : receive;
    const envelope = { room: open.room, type: kindOf(row.type), from, to };
    expect(sealPayload(key, envelope, counter, payload)).toBe(box);
    expect(openPayload(key, envelope, counter - 1, box)).toEqual({ opened: { payload, counter } });
  });

  test.each(vectors.open.refused)('status_is_refused: $why', ({ box, reason }) => {
    expect(openStatus(open, box)).toEqual({ refused: reason });
  });
});
