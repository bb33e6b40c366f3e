// Runs random schedules and says the seed of every one that does not end in agreement.

import { expect } from 'vitest';
import { runSchedule } from './schedule';

interface Seeds {
  readonly from: number;
  readonly count: number;
}

/** Schedules end in calls often enough, or nothing would be proven: at least a fifth of them. */
const LEAST_CALLS = 0.2;

export function expectAgreement(
  people: readonly [string, ...string[]],
  { from, count }: Seeds,
): void {
  const failures: string[] = [];
  let calls = 0;
  for (let seed = from; seed < from + count && failures.length < 5; seed += 1) {
    const { faults, inCall } = runSchedule(seed, people);
    if (faults.length > 0) failures.push(`seed ${seed}: ${faults.join(' | ')}`);
    if (inCall > 0) calls += 1;
  }
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(count * LEAST_CALLS);
}
