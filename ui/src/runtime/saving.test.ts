import { expect, test } from 'vitest';

import { savingLatest } from './saving';

/** A write that the test finishes. */
function disk() {
  const begun: string[] = [];
  const finish: { done: () => void; fail: () => void }[] = [];
  const told: unknown[] = [];
  const save = savingLatest(
    (value: string) => {
      begun.push(value);
      return new Promise<void>((done, fail) => {
        finish.push({ done, fail: () => fail(new Error('full')) });
      });
    },
    (error) => told.push(error),
  );
  const next = async (how: 'done' | 'fail'): Promise<void> => {
    finish.shift()?.[how]();
    await new Promise((settled) => setTimeout(settled, 0));
  };
  return { begun, told, save, next };
}

test('writes one value at a time, then the newest waiting one', async () => {
  const { begun, save, next } = disk();
  for (const value of ['a', 'b', 'c']) save(value);
  expect(begun).toEqual(['a']);
  await next('done');
  expect(begun).toEqual(['a', 'c']);
  await next('done');
  save('d');
  expect(begun).toEqual(['a', 'c', 'd']);
});

test('a value that arrives as a write ends is saved', async () => {
  const written: string[] = [];
  const save = savingLatest(
    (value: string) => {
      written.push(value);
      return Promise.resolve();
    },
    () => undefined,
  );
  const values = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const value of values) {
    save(value);
    // oxlint-disable-next-line no-await-in-loop -- each a little later than the one before
    await Promise.resolve();
  }
  await new Promise((settled) => setTimeout(settled, 0));
  expect(written.at(-1)).toBe('f');
  expect(written).toHaveLength(values.length);
});

test('a failed write is reported once and does not stop the next', async () => {
  const { begun, told, save, next } = disk();
  save('a');
  save('b');
  await next('fail');
  expect(begun).toEqual(['a', 'b']);
  await next('fail');
  expect(told).toHaveLength(1);
  save('c');
  await next('done');
  save('d');
  await next('fail');
  expect(told).toHaveLength(2);
});
