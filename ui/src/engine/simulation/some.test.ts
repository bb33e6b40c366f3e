// Four people who call one member or everybody, random schedules: each call is complete, and has
// nobody who is in no call.

import { it } from 'vitest';
import { expectInvariants } from './expect-invariants';

const TIMEOUT_MS = 300_000;

it(
  'calls_of_some_beside_others_end_in_agreed_states',
  () => {
    expectInvariants(['ana', 'bo', 'cy', 'di'], { from: 1, count: 600 }, 'some');
  },
  TIMEOUT_MS,
);
