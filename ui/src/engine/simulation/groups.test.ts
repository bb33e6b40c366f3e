// Three people, random schedules: all who are in a call are in one, each linked to each.

import { it } from 'vitest';
import { expectAgreement } from './expect-agreement';

const TIMEOUT_MS = 300_000;

it(
  '400 schedules of three end in one agreed state',
  () => {
    expectAgreement(['ana', 'bo', 'cy'], { from: 1, count: 400 });
  },
  TIMEOUT_MS,
);
