// What Chromium does otherwise, and the conformance tests therefore do not ask.

import { expect, test } from 'vitest';

import { readEncodings } from './parameters.ts';

test.each(['', 'a b', 'ä', 'a-b', 'a'.repeat(256)])('the rid %j is a TypeError', (rid) => {
  expect(() => readEncodings('video', [{ rid }])).toThrow(TypeError);
});

test('a rid has up to 255 letters and digits', () => {
  const rids = ['a'.repeat(255), '7'];
  const encodings = readEncodings(
    'video',
    rids.map((rid) => ({ rid })),
  );
  expect(encodings.map(({ rid }) => rid)).toEqual(rids);
});
