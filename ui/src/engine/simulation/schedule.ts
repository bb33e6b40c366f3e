// One random schedule from a seed: people act, faults occur, then everything settles.

import { invariantViolations } from './invariants';
import type { Random } from './random';
import { seeded } from './random';
import { NO_FAULTS, Simulation, type FaultRates, type RoomKind } from './simulation';

export interface Outcome {
  readonly simulation: Simulation;
  readonly faults: readonly string[];
  /** Number of people in the call at the end. */
  readonly inCall: number;
}

const LIVE_MS = 45_000;
/** Longer than the sum of all timers. */
const SETTLE_MS = 260_000;
const SHARES_SETTLE_MS = 60_000;

/**
 * `some`: people call one member or everybody, with cameras or by voice. `shared`: they share their
 * screens too. `locked`: they lock their private room.
 */
export type Calls = 'everybody' | 'some' | 'shared' | 'locked';

export function runSchedule(
  seed: number,
  people: readonly [string, ...string[]],
  calls: Calls = 'everybody',
  keepsLog = false,
  kind: RoomKind = 'unproven',
): Outcome {
  const random = seeded(seed ^ 0x5eed);
  const trouble = troubleOf(random);
  const rush = random.pick([0, 0.5, 2]);
  const partial = calls === 'some' ? random.pick([0.2, 0.5, 1]) : 0;
  const share = calls === 'shared' ? 4 : 0;
  const lock = calls === 'locked' ? random.pick([0.5, 2]) : 0;
  const rates = { ...trouble, rush, partial, share, lock };
  const simulation = new Simulation(seed, people, rates, keepsLog, kind);
  for (const person of people)
    simulation.clock.after(random.between(0, 2_000), () => simulation.enter(person));
  simulation.clock.runUntil(random.between(0, 3_000));
  simulation.live(random.between(5_000, LIVE_MS), random.pick([500, 2_000, 8_000]));
  simulation.settle(SETTLE_MS);
  if (calls === 'shared') {
    // All at once, so that their offers collide.
    for (const page of simulation.pages.values()) {
      if (page.state.share.kind === 'off') page.dispatch({ type: 'share-toggled' });
    }
    simulation.settle(SHARES_SETTLE_MS);
  }
  const active = people.flatMap((person) => {
    const { call } = simulation.page(person).state;
    return call.kind === 'active' ? [call] : [];
  });
  const isMistaken = calls === 'everybody' && active.some(({ scope }) => scope === 'some');
  const faults = [
    ...invariantViolations(simulation),
    ...(isMistaken ? ['a call to everybody is known as one to some'] : []),
  ];
  return { simulation, faults, inCall: active.length };
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
    rush: 0,
    share: 0,
    lock: 0,
    partial: 0,
  };
}
