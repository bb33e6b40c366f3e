// People who call one member or everybody, random schedules: each call is complete, and has nobody
// who is in no call.

import { it } from 'vitest';
import { expectInvariants } from './expect-invariants';

const TIMEOUT_MS = 300_000;
const PEOPLE = ['bo', 'cy', 'di', 'eli', 'fay', 'gus', 'hal'] as const;

it.each([
  [3, 400],
  [4, 600],
  [5, 300],
  [8, 100],
])(
  'calls_of_some_of_%i_people_end_in_agreed_states',
  (people, count) => {
    const others = PEOPLE.slice(0, people - 1);
    expectInvariants(['ana', ...others], { from: 1, count }, 'some');
  },
  TIMEOUT_MS,
);
