// One random schedule, from a seed: people come, call, leave and have trouble; then all settles.

import { disagreements } from './agreement';
import type { Random } from './random';
import { seeded } from './random';
import { CALM, World, type Trouble } from './world';

export interface Outcome {
  readonly world: World;
  readonly faults: readonly string[];
  /** How many are in the call at the end. */
  readonly inCall: number;
}

const LIVE_MS = 45_000;
/** Longer than every timer, one after the other. */
const SETTLE_MS = 260_000;

export function runSchedule(
  seed: number,
  people: readonly [string, ...string[]],
  tellsStory = false,
): Outcome {
  const random = seeded(seed ^ 0x5eed);
  const world = new World(seed, people, troubleOf(random), tellsStory);
  for (const person of people)
    world.clock.after(random.between(0, 2_000), () => world.enter(person));
  world.clock.runUntil(random.between(0, 3_000));
  world.live(random.between(5_000, LIVE_MS), random.pick([500, 2_000, 8_000]));
  world.settle(SETTLE_MS);
  const inCall = people.filter((person) => world.page(person).state.call.kind === 'active').length;
  return { world, faults: disagreements(world), inCall };
}

/** Some worlds are calm, some have one trouble, some have all. */
function troubleOf(random: Random): Trouble {
  const weight = (most: number): number => (random.chance(0.4) ? random.next() * most : 0);
  if (random.chance(0.15)) return CALM;
  return {
    reload: weight(1),
    socket: weight(2),
    offline: weight(1.5),
    restart: weight(0.5),
    path: weight(2),
    replay: weight(2),
    failure: random.chance(0.15) ? 0.02 : 0,
    devices: random.chance(0.3) ? 0.1 : 0,
  };
}
