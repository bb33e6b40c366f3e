// Three people, random schedules: all members of a call are in the same call and fully connected.

import { it } from 'vitest';
import { expectInvariants } from './expect-invariants';

const TIMEOUT_MS = 300_000;

it(
  '400 schedules of three end in one agreed state',
  () => {
    expectInvariants(['ana', 'bo', 'cy'], { from: 1, count: 400 });
  },
  TIMEOUT_MS,
);
