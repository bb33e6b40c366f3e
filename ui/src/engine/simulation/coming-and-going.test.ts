// Eight people, five minutes of coming and going: they end in one room and one call.

import { expect, it } from 'vitest';
import { invariantViolations } from './invariants';
import { callOf, isWhole, press, waitFor } from './scenario';
import { Simulation, type FaultRates } from './simulation';

const TIMEOUT_MS = 300_000;
const PEOPLE = ['ana', 'bo', 'cy', 'di', 'eli', 'fay', 'gus', 'hal'] as const;
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const FIVE_MINUTES_MS = 300_000;
/** Longer than the sum of all timers. */
const SETTLE_MS = 260_000;

const RATES: FaultRates = {
  reload: 0.5,
  socket: 1,
  offline: 0.7,
  restart: 0.1,
  path: 0.5,
  replay: 0.5,
  kill: 0.5,
  share: 0,
  rush: 0.5,
  failure: 0.01,
  devices: 0.05,
  partial: 0.3,
  lock: 0,
};

it(
  'eight_people_come_and_go_and_end_in_one_call',
  () => {
    for (const seed of SEEDS) {
      const simulation = new Simulation(seed, PEOPLE, RATES);
      for (const person of PEOPLE) simulation.enter(person);
      simulation.live(FIVE_MINUTES_MS, 4_000);
      simulation.settle(SETTLE_MS);
      expect(invariantViolations(simulation), `seed ${seed}`).toEqual([]);
      meet(simulation);
    }
  },
  TIMEOUT_MS,
);

/** All hang up and enter the room; one calls, and the others accept. */
function meet(simulation: Simulation): void {
  for (const person of PEOPLE) {
    press(simulation, person, 'leave-call-pressed');
    if (simulation.page(person).state.room.kind === 'outside') simulation.enter(person);
  }
  waitFor(simulation, 20_000, () =>
    PEOPLE.every((person) => {
      const { room } = simulation.page(person).state;
      return room.kind === 'inside' && room.members.length === PEOPLE.length - 1;
    }),
  );
  // Until all have heard of it.
  simulation.clock.runUntil(simulation.clock.now() + 2_000);
  const [caller, ...others] = PEOPLE;
  press(simulation, caller, 'call-pressed');
  for (const other of others) {
    waitFor(simulation, 20_000, () => callOf(simulation, other).kind === 'incoming');
    press(simulation, other, 'accept-pressed');
  }
  waitFor(simulation, 60_000, () => isWhole(simulation, PEOPLE));
}
