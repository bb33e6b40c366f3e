// The vectors of epochs and notices, which the Rust implementation checks too
// (`crates/signal-protocol/tests/private_rooms/entry_vectors.rs`).

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';

import vectors from '../../../../crates/signal-protocol/testdata/entry-vectors.json';
import keysVectors from '../../../../crates/signal-protocol/testdata/private-vectors.json';
import { keysIn, readEpoch, standsOver, writeEpoch, type Epoch } from './epoch';
import { readIntroduction, writeIntroduction } from './introduction';
import { roomKeys } from './link-secret';
import { NOTICE_TYPE, readNotice, readSealedNotice, writeSealedNotice } from './notice';
import { pairKeys } from './pair-keys';
import { openPayload, sealPayload } from './payload-box';
import { openStatus, sealStatus } from './status-box';
import { visitKeys, type VisitKeys } from './visit-keys';

const keys = roomKeys(hexToBytes(keysVectors.link.secret));
const epochs = vectors.epochs.map(({ text }) => {
  const epoch = readEpoch(text);
  if (epoch === null) throw new Error(`No epoch: ${text}`);
  return epoch;
});

function visitOf(index: number): VisitKeys {
  const visit = keysVectors.visitKeys[index];
  if (visit === undefined) throw new Error(`No visit ${index}.`);
  return visitKeys(hexToBytes(visit.signing), hexToBytes(visit.agreement));
}

function endOf(id: string): (typeof keysVectors)['pair']['low'] {
  const { low, high } = keysVectors.pair;
  return id === low.id ? low : high;
}

/** The keys of `self` with the other one of the pair. */
function derived(self: string, other: string) {
  const { signing, agreement } = visitOf(endOf(other).visit);
  const member = { id: other, signingKey: signing.shown, agreementKey: agreement.shown };
  const found = pairKeys(keys, self, visitOf(endOf(self).visit), member);
  if (found === null) throw new Error('No keys.');
  return found;
}

function envelope(from: string, to: string) {
  return { room: keys.room, type: NOTICE_TYPE, from, to } as const;
}

describe('epoch', () => {
  test.each(vectors.epochs)('is_written_and_read: $number', ({ text, secret, status, ...rest }) => {
    const epoch = readEpoch(text);
    expect(epoch).toEqual({ ...rest, secret: hexToBytes(secret) });
    expect(epoch && writeEpoch(epoch)).toBe(text);
    expect(bytesToHex(statusKey(epoch))).toBe(status);
  });

  test('stands_over_those_before_it', () => {
    epochs.forEach((epoch, at) => {
      for (const [other, before] of epochs.entries()) {
        expect(standsOver(epoch, before)).toBe(other < at);
      }
      expect(standsOver(epoch, null)).toBe(true);
    });
  });

  test.each(vectors.refusedEpochs)('is_refused: $why', ({ text }) => {
    expect(readEpoch(text)).toBeNull();
  });

  test('has_statuses_that_open_in_it_alone', () => {
    const { epoch, visit, nonce, box, ...said } = vectors.status;
    const present = epochs[epoch];
    if (present === undefined) throw new Error('No epoch.');
    const its = keysIn(keys, present).keys;
    expect(sealStatus(its, visitOf(visit), said, hexToBytes(nonce))).toBe(box);
    expect(openStatus(its, box)).toMatchObject({ opened: said });
    expect(openStatus(keys, box)).toEqual({ refused: 'unopened' });
  });
});

describe('notice', () => {
  test.each(vectors.introductions)('has_an_introduction: $id', ({ visit, id, text }) => {
    const own = visitOf(visit);
    expect(writeIntroduction(keys.room, id, own)).toBe(text);
    const [signingKey, agreementKey] = [own.signing.shown, own.agreement.shown];
    expect(readIntroduction(keys.room, text)).toEqual({ opened: { id, signingKey, agreementKey } });
  });

  test.each(vectors.refusedIntroductions)('introduction_is_refused: $why', ({ reason, text }) => {
    expect(readIntroduction(keys.room, text)).toEqual({ refused: reason });
  });

  test.each(vectors.notices)('is_sealed_and_opened: $content', (row) => {
    const { from, to, counter, content, payload } = row;
    const introduction = writeIntroduction(keys.room, from, visitOf(endOf(from).visit));
    const { send } = derived(from, to);
    const box = sealPayload(send, envelope(from, to), counter, content) ?? '';
    expect(writeSealedNotice({ introduction, box })).toBe(payload);
    const sealed = readSealedNotice(payload);
    const { receive } = derived(to, from);
    const opened = openPayload(receive, envelope(from, to), counter - 1, sealed?.box ?? '');
    expect(opened).toEqual({ opened: { payload: content, counter } });
    expect(readNotice(content)).not.toBeNull();
  });

  test.each(vectors.refusedNotices)('is_refused: $why', ({ from, to, last, payload, reason }) => {
    const box = readSealedNotice(payload)?.box ?? '';
    const { receive } = derived(to, from);
    expect(openPayload(receive, envelope(from, to), last, box)).toEqual({ refused: reason });
  });

  test.each(vectors.refusedContents)('content_is_refused: $why', ({ content }) => {
    expect(readNotice(content)).toBeNull();
  });

  test.each(vectors.noNotices)('payload_is_none: %s', (payload) => {
    expect(readSealedNotice(payload)).toBeNull();
  });

  test('of_an_empty_box_is_a_greeting', () => {
    const { from, counter, nonce, payload } = vectors.greeting;
    const said = { id: from, email: '', counter, status: '' };
    const text = sealStatus(keys, visitOf(endOf(from).visit), said, hexToBytes(nonce));
    expect(writeSealedNotice({ introduction: text ?? '', box: '' })).toBe(payload);
    const { introduction = '' } = readSealedNotice(payload) ?? {};
    expect(openStatus(keys, introduction)).toMatchObject({ opened: said });
  });
});

function statusKey(epoch: Epoch | null): Uint8Array {
  const its = epoch === null ? keys : keysIn(keys, epoch).keys;
  return its.kind === 'private' ? its.status : new Uint8Array(0);
}
