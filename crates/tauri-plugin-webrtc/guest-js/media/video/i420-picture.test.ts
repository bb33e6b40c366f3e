import { expect, test } from 'vitest';

import { I420Picture } from './i420-picture.ts';

const rows = (top: number, last: boolean, bytes: number[], height = 4) => ({
  width: 2,
  height,
  top,
  last,
  bytes: Uint8Array.from(bytes),
});

test('rows of several bands become one picture', () => {
  const picture = new I420Picture();
  expect(picture.handleRows(rows(0, false, [1, 2, 3, 4, 50, 60]))).toBe('more-rows-follow');
  expect(picture.bytes).toBeNull();
  expect(picture.handleRows(rows(2, true, [5, 6, 7, 8, 51, 61]))).toBe('complete-at-another-size');
  expect(picture.bytes).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 50, 51, 60, 61));
});

test('later rows replace only their own', () => {
  const picture = new I420Picture();
  picture.handleRows(rows(0, true, [1, 2, 3, 4, 5, 6, 7, 8, 50, 51, 60, 61]));
  expect(picture.handleRows(rows(2, true, [9, 9, 9, 9, 99, 99]))).toBe('complete');
  expect(picture.bytes).toEqual(Uint8Array.of(1, 2, 3, 4, 9, 9, 9, 9, 50, 99, 60, 99));
});

test('a picture of another size begins empty', () => {
  const picture = new I420Picture();
  picture.handleRows(rows(0, true, [1, 2, 3, 4, 5, 6, 7, 8, 50, 51, 60, 61]));
  expect(picture.handleRows(rows(0, true, [9, 9, 9, 9, 99, 98], 2))).toBe(
    'complete-at-another-size',
  );
  expect([picture.width, picture.height]).toEqual([2, 2]);
  expect(picture.bytes).toEqual(Uint8Array.of(9, 9, 9, 9, 99, 98));
});
