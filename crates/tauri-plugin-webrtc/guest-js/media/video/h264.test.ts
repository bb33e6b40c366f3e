import { expect, test } from 'vitest';

import { annexB } from './h264.ts';

const SPS = [0x67, 0x42, 0xc0, 0x1f];
const PPS = [0x68, 0xce];
/** As WebKitGTK 2.50 writes it: lengths of four bytes, one SPS and one PPS. */
const RECORD = [1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 4, ...SPS, 1, 0, 2, ...PPS];
const KEY = [0x65, 1, 2, 3];
const DELTA = [0x61, 9];

function four(...units: number[][]): number[] {
  return units.flatMap((unit) => [0, 0, 0, unit.length, ...unit]);
}

function stream(...units: number[][]): number[] {
  return units.flatMap((unit) => [0, 0, 0, 1, ...unit]);
}

test.each([
  ['a delta frame', four(DELTA), RECORD, stream(DELTA)],
  ['a key frame with its sets', four(SPS, PPS, KEY), RECORD, stream(SPS, PPS, KEY)],
  ['a key frame without them', four(KEY), RECORD, stream(SPS, PPS, KEY)],
  ['several slices', four(DELTA, DELTA), RECORD, stream(DELTA, DELTA)],
  ['lengths of two bytes', [0, 2, ...DELTA], RECORD.with(4, 0xfd), stream(DELTA)],
  ['a length like a start code', [0, 0, 0, 1, 9], RECORD, stream([9])],
])('%s', (_, frame, record, expected) => {
  expect([...(annexB(Uint8Array.from(frame), Uint8Array.from(record)) ?? [])]).toEqual(expected);
});

test.each([
  ['nothing', [], RECORD],
  ['half a length', [0, 0, 0], RECORD],
  ['an empty unit', [0, 0, 0, 0], RECORD],
  ['more than there is', [0, 0, 0, 9, 1], RECORD],
  ['the most a length can say', [0xff, 0xff, 0xff, 0xff, 1], RECORD],
  ['no sets to be had', four(KEY), RECORD.slice(0, 9)],
])('%s gives nothing', (_, frame, record) => {
  expect(annexB(Uint8Array.from(frame), Uint8Array.from(record))).toBeNull();
});
