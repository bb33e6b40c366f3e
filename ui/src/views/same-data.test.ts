import { expect, test } from 'vitest';

import { isSameData } from './same-data';

test.each<[unknown, unknown, boolean]>([
  [1, 1, true],
  [Number.NaN, Number.NaN, true],
  [null, null, true],
  [null, {}, false],
  [{}, [], false],
  [[1, { a: 2 }], [1, { a: 2 }], true],
  [[1, { a: 2 }], [1, { a: 3 }], false],
  [[1], [1, 2], false],
  [{ a: undefined }, {}, false],
  [{ a: undefined }, { b: undefined }, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  // Content that no entry shows.
  [new Set([1]), new Set([2]), false],
  [new Map(), new Map(), false],
])('%j and %j', (one, other, isSame) => {
  expect(isSameData(one, other)).toBe(isSame);
  expect(isSameData(other, one)).toBe(isSame);
});
