// Three to eight people, random schedules: all members of a call are in the same call and fully
// connected, and everybody who meant one call is in one.

import { it } from 'vitest';
import { expectInvariants } from './expect-invariants';

const TIMEOUT_MS = 300_000;
const PEOPLE = ['bo', 'cy', 'di', 'eli', 'fay', 'gus', 'hal'] as const;

it.each([
  [3, 400],
  [4, 500],
  [5, 400],
  [8, 100],
])(
  'schedules of %i people end in one agreed state',
  (people, count) => {
    expectInvariants(['ana', ...PEOPLE.slice(0, people - 1)], { from: 1, count });
  },
  TIMEOUT_MS,
);
