import { expect, test } from 'vitest';

import { batch } from './batch';

test('requests of one task are one batch, later ones another', async () => {
  const questions: (readonly number[])[] = [];
  const double = batch((requests: readonly number[]) => {
    questions.push(requests);
    return Promise.resolve(requests.map((request) => request * 2));
  });
  expect(await Promise.all([double(1), double(2)])).toEqual([2, 4]);
  expect(await double(3)).toBe(6);
  expect(questions).toEqual([[1, 2], [3]]);
});
