// Rooms with keys on the simulated network: a relay that lies makes no page hear what nobody has said to
// it. In open rooms it may bring in members of its own, under any email, but takes nobody's place.

import { expect, it } from 'vitest';

import { expectInvariants } from './expect-invariants';
import { invariantViolations } from './invariants';
import { lyingRelay, type LyingRelay } from './lying-relay';
import { seeded } from './random';
import { fakeRelay } from './relay';
import { callAll } from './scenario';
import { NO_FAULTS, Simulation, type FaultRates, type RoomKind } from './simulation';
import { witness } from './witness';

/** Of a long run (`cargo xtask prove`). */
const TIMEOUT_MS = 36_000_000;
const PRIVATE = { secret: new Uint8Array(32).fill(1) } as const;
const PASSCODE = { passcode: 'bluehorsebatteryseven' } as const;
const KINDS = [
  ['private', PRIVATE],
  ['open', 'open'],
] as const satisfies readonly (readonly [string, RoomKind])[];
/** With what each page hears at least in a simulation, on average. */
const LIED_TO = [
  ['private', PRIVATE, 50],
  ['open', 'open', 50],
  ['passcode', PASSCODE, 30],
] as const satisfies readonly (readonly [string, RoomKind, number])[];
const PEOPLE = ['ana', 'bo', 'cy'] as const;
const TWO = ['ana', 'bo'] as const;
/** Seeds of each kind of lying relay; `SNUG_LIES` sets another number for calls of two. */
const LIES = 40;
const LIES_TO_TWO = Number(process.env['SNUG_LIES'] ?? 40);
const SETTLE_MS = 260_000;

interface World {
  readonly lieMs: number;
  readonly rates: FaultRates;
}

const TROUBLED: World = {
  lieMs: 30_000,
  rates: { ...NO_FAULTS, reload: 0.5, socket: 1, offline: 0.5, path: 1 },
};
const CALM: World = { lieMs: 12_000, rates: NO_FAULTS };

it.each(KINDS)('people_call_each_other_and_drop_nothing: %s', (_, kind) => {
  const simulation = new Simulation(1, PEOPLE, NO_FAULTS, false, kind);
  const { faults } = witness(simulation);
  for (const person of PEOPLE) simulation.enter(person);
  simulation.clock.runUntil(2_000);
  callAll(simulation, PEOPLE);
  expect(invariantViolations(simulation)).toEqual([]);
  expect(faults).toEqual([]);
  for (const person of PEOPLE) {
    expect(simulation.page(person).port.room()?.refusals).toEqual({});
  }
});

it.each(KINDS)(
  'rooms_with_keys_end_in_agreed_states: %s',
  (_, kind) => {
    expectInvariants(['ana', 'bo'], { from: 1, count: 60 }, 'everybody', kind);
    expectInvariants(PEOPLE, { from: 1, count: 30 }, 'some', kind);
  },
  TIMEOUT_MS,
);

it(
  'private_rooms_that_are_locked_end_in_agreed_states',
  () => {
    expectInvariants(PEOPLE, { from: 1, count: 60 }, 'locked', PRIVATE);
  },
  TIMEOUT_MS,
);

interface Lied {
  readonly simulation: Simulation;
  readonly relay: LyingRelay;
  readonly faults: readonly string[];
  readonly heard: number;
}

/** People act while the relay lies; nothing is checked yet. */
function lieFor(
  seed: number,
  kind: RoomKind,
  people: readonly [string, ...string[]],
  { lieMs, rates }: World = TROUBLED,
): Lied {
  const rate = seeded(seed).pick([0.02, 0.1, 0.4]);
  let relay: LyingRelay | null = null;
  const simulation = new Simulation(seed, people, rates, false, kind, (clock, random) => {
    relay = lyingRelay(fakeRelay(clock, random), clock, seeded(seed + 7), rate, kind);
    return relay;
  });
  if (relay === null) throw new Error('No relay.');
  const { faults, heard } = witness(simulation);
  for (const person of people) simulation.enter(person);
  simulation.clock.runUntil(2_000);
  simulation.live(lieMs, 1_000);
  return { simulation, relay, faults, heard: heard() };
}

/** What has been believed, and what is wrong once the relay is honest again. */
function wrongAfter({ simulation, relay, faults }: Lied): readonly string[] {
  relay.repent();
  simulation.relay.restart();
  simulation.settle(SETTLE_MS);
  return [...faults, ...invariantViolations(simulation)];
}

it.each(LIED_TO)(
  'lying_relay_makes_nothing_heard_that_was_not_said: %s',
  (_, kind, leastHeard) => {
    let [lies, heard] = [0, 0];
    for (let seed = 1; seed <= LIES; seed += 1) {
      const lied = lieFor(seed, kind, PEOPLE);
      expect(wrongAfter(lied), `seed ${seed}`).toEqual([]);
      lies += lied.relay.lies();
      heard += lied.heard;
    }
    expect(lies).toBeGreaterThan(LIES * 5);
    expect(heard).toBeGreaterThan(LIES * leastHeard);
  },
  TIMEOUT_MS,
);

/** Connected pages that take each other for somebody else. */
function mistaken({ pages, paths }: Simulation): readonly string[] {
  return [...pages.values()].flatMap(({ owner, state: { call }, connections }) => {
    const peers = call.kind === 'active' ? call.peers : [];
    return peers.flatMap(({ id, email }) => {
      const connection = connections.get(id);
      if (connection === undefined || !paths.isConnected(connection)) return [];
      // Null while a path is found again.
      const other = paths.remoteEndOf(connection)?.owner ?? email;
      return other === email ? [] : [`${owner} takes ${other} for ${email}`];
    });
  });
}

function hasCalled({ pages }: Simulation): boolean {
  return [...pages.values()].some(
    ({ state: { call } }) => call.kind !== 'none' || call.ended !== null,
  );
}

it.each(LIED_TO)(
  'no_call_of_two_believes_a_lying_relay: %s',
  (_, kind) => {
    let [lies, calls] = [0, 0];
    for (let seed = 1; seed <= LIES_TO_TWO; seed += 1) {
      const { simulation, relay, faults } = lieFor(seed, kind, TWO, CALM);
      expect([...faults, ...mistaken(simulation)], `seed ${seed}`).toEqual([]);
      lies += relay.lies();
      if (hasCalled(simulation)) calls += 1;
    }
    expect(lies).toBeGreaterThan(LIES_TO_TWO * 2);
    expect(calls).toBeGreaterThan(LIES_TO_TWO / 2);
  },
  TIMEOUT_MS,
);

it('people_of_one_passcode_call_each_other', () => {
  const simulation = new Simulation(2, PEOPLE, NO_FAULTS, false, PASSCODE);
  const { faults } = witness(simulation);
  for (const person of PEOPLE) simulation.enter(person);
  simulation.clock.runUntil(6_000);
  callAll(simulation, PEOPLE);
  expect(invariantViolations(simulation)).toEqual([]);
  expect(faults).toEqual([]);
});

it(
  'passcode_rooms_end_in_agreed_states',
  () => {
    expectInvariants(['ana', 'bo'], { from: 41, count: 40 }, 'everybody', PASSCODE);
    expectInvariants(PEOPLE, { from: 1, count: 30 }, 'some', PASSCODE);
  },
  TIMEOUT_MS,
);

it(
  'passcode_rooms_that_are_locked_end_in_agreed_states',
  () => {
    expectInvariants(PEOPLE, { from: 1, count: 40 }, 'locked', PASSCODE);
  },
  TIMEOUT_MS,
);

// Otherwise the tests of it could not fail.
it('lying_relay_is_believed_without_keys', () => {
  const believed = [1, 2, 3, 4, 5].filter(
    (seed) => lieFor(seed, 'unproven', PEOPLE).faults.length > 0,
  );
  expect(believed).toHaveLength(5);
});
