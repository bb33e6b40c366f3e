// Runs random schedules and reports the seed of each violation.

import { expect } from 'vitest';
import { runSchedule, type Calls } from './schedule';
import type { RoomKind } from './simulation';

interface Seeds {
  readonly from: number;
  readonly count: number;
}

/** At least a fifth of the schedules must end in a call, so that the test is meaningful. */
const LEAST_CALLS = 0.2;

export function expectInvariants(
  people: readonly [string, ...string[]],
  { from, count }: Seeds,
  of: Calls = 'everybody',
  kind: RoomKind = 'unproven',
): void {
  const failures: string[] = [];
  let calls = 0;
  for (let seed = from; seed < from + count && failures.length < 5; seed += 1) {
    const { faults, inCall } = runSchedule(seed, people, of, false, kind);
    if (faults.length > 0) failures.push(`seed ${seed}: ${faults.join(' | ')}`);
    if (inCall > 0) calls += 1;
  }
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(count * LEAST_CALLS);
}
