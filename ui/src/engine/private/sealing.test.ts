// Properties of sealing that hold for all input.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { readBase64url, writeBase64url, type Bytes } from './bytes';
import { roomKeys } from './link-secret';
import { pad, PAYLOAD_PADDING, STATUS_PADDING, unpad } from './padding';
import { openPayload, sealPayload } from './payload-box';

const KEY: Bytes = new Uint8Array(32).fill(7);
const { room } = roomKeys(KEY);
const ENVELOPE = { room, type: 'user:call', from: 'a', to: 'b' } as const;

test('base64url_has_one_form', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(readBase64url(writeBase64url(bytes))).toEqual(bytes);
    }),
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), (text) => {
      const bytes = readBase64url(text);
      if (bytes !== null) expect(writeBase64url(bytes)).toBe(text);
    }),
  );
});

test('padding_has_one_form', () => {
  for (const padding of [STATUS_PADDING, PAYLOAD_PADDING]) {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_400 }), (content) => {
        const padded = pad(content, padding);
        expect(padded === null ? null : unpad(padded, padding)).toEqual(content);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const content = unpad(Uint8Array.from(bytes), padding);
        if (content !== null) expect(pad(content, padding)).toEqual(bytes);
      }),
    );
  }
});

test.each([
  [0, 512],
  [508, 512],
  [509, 1_024],
  [2_044, 2_048],
  [2_045, 4_096],
  [4_093, 8_192],
  [45_052, 45_056],
])('payload_of_%i_bytes_is_padded_to_%i', (bytes, size) => {
  expect(pad(new Uint8Array(bytes), PAYLOAD_PADDING)).toHaveLength(size);
});

test('longest_payload_fits_into_a_frame', () => {
  const box = sealPayload(KEY, ENVELOPE, 1, 'a'.repeat(45_052));
  expect(box?.length).toBeLessThanOrEqual(65_536 - 1_024);
  expect(sealPayload(KEY, ENVELOPE, 1, 'a'.repeat(45_053))).toBeNull();
});

test('changed_box_never_opens', () => {
  const box = readBase64url(sealPayload(KEY, ENVELOPE, 5, 'ring') ?? '');
  if (box === null) throw new Error('No box.');
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: box.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      fc.integer({ min: 0, max: 4 }),
      (at, change, last) => {
        const changed = box.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(openPayload(KEY, ENVELOPE, last, writeBase64url(changed))).toHaveProperty('refused');
      },
    ),
  );
});

test('box_opens_under_its_envelope_alone', () => {
  const box = sealPayload(KEY, ENVELOPE, 1, 'ring') ?? '';
  expect(openPayload(KEY, ENVELOPE, 0, box)).toEqual({ opened: { payload: 'ring', counter: 1 } });
  for (const other of [
    { ...ENVELOPE, room: 'private-0' },
    { ...ENVELOPE, type: 'call:ended' as const },
    { ...ENVELOPE, from: 'b', to: 'a' },
    { ...ENVELOPE, to: 'c' },
    // The border between two fields moves.
    { ...ENVELOPE, from: 'ab', to: '' },
  ]) {
    expect(openPayload(KEY, other, 0, box)).toEqual({ refused: 'unopened' });
  }
});
