// One random schedule from a seed: people act, faults occur, then everything settles.

import { invariantViolations } from './invariants';
import type { Random } from './random';
import { seeded } from './random';
import { NO_FAULTS, Simulation, type FaultRates } from './simulation';

export interface Outcome {
  readonly simulation: Simulation;
  readonly faults: readonly string[];
  /** Number of people in the call at the end. */
  readonly inCall: number;
}

const LIVE_MS = 45_000;
/** Longer than the sum of all timers. */
const SETTLE_MS = 260_000;

/** `some`: people call one member or everybody, with cameras or by voice. */
export type Calls = 'everybody' | 'some';

export function runSchedule(
  seed: number,
  people: readonly [string, ...string[]],
  calls: Calls = 'everybody',
  keepsLog = false,
): Outcome {
  const random = seeded(seed ^ 0x5eed);
  const rates = { ...troubleOf(random), partial: calls === 'some' ? 0.5 : 0 };
  const simulation = new Simulation(seed, people, rates, keepsLog);
  for (const person of people)
    simulation.clock.after(random.between(0, 2_000), () => simulation.enter(person));
  simulation.clock.runUntil(random.between(0, 3_000));
  simulation.live(random.between(5_000, LIVE_MS), random.pick([500, 2_000, 8_000]));
  simulation.settle(SETTLE_MS);
  const inCall = people.filter(
    (person) => simulation.page(person).state.call.kind === 'active',
  ).length;
  return { simulation, faults: invariantViolations(simulation), inCall };
}

/** Some worlds are calm, some have one faultRates, some have all. */
function troubleOf(random: Random): FaultRates {
  const weight = (most: number): number => (random.chance(0.4) ? random.next() * most : 0);
  if (random.chance(0.15)) return NO_FAULTS;
  return {
    reload: weight(1),
    socket: weight(2),
    offline: weight(1.5),
    restart: weight(0.5),
    path: weight(2),
    replay: weight(2),
    kill: weight(0.7),
    failure: random.chance(0.15) ? 0.02 : 0,
    devices: random.chance(0.3) ? 0.1 : 0,
    partial: 0,
  };
}
