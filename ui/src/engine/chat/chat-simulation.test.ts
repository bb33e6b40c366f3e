// Chat of three pages over faulty networks: all who stay have the same list in the end.

import { describe, expect, it } from 'vitest';

import { peopleInCall, peopleInRoom } from '../simulation/scenario';
import type { Simulation } from '../simulation/simulation';
import { deliveryOf } from './queries';

const PEOPLE = ['ana', 'bo', 'cy'] as const;
type Name = (typeof PEOPLE)[number];

const TIMEOUT_MS = 120_000;
const LIVE_MS = 60_000;
/** Long enough for every grace, and for the slowest repetition. */
const SETTLE_MS = 150_000;

function say(simulation: Simulation, person: Name, text: string): void {
  const time = simulation.clock.now();
  simulation.page(person).dispatch({ type: 'chat-sent', text, time });
}

/** Texts in order. A page that had not got a text before it was taken back shows nothing of it. */
function listOf(simulation: Simulation, person: Name): readonly string[] {
  return simulation
    .page(person)
    .state.chat.kept.messages.flatMap(({ email, number, body }) =>
      body.kind === 'text' ? [`${email} ${number} ${body.text}`] : [],
    );
}

/** What happens to one person, or to all. */
function disturb(simulation: Simulation, person: Name): void {
  const { random, relay } = simulation;
  const roll = random.next();
  if (roll < 0.25) return simulation.page(person).port.cut();
  if (roll < 0.45) {
    // The storage of the tab is known from inside only.
    if (simulation.page(person).state.room.kind !== 'inside') return;
    return simulation.reload(person, random.chance(0.7) ? 'kept' : 'lost', 'kept');
  }
  if (roll < 0.6) {
    simulation.setOnline(person, false);
    simulation.clock.after(random.between(500, 40_000), () => simulation.setOnline(person, true));
    return;
  }
  if (roll < 0.7) return relay.restart();
  if (roll < 0.8) return simulation.moveNetwork(person);
  const messages = relay.said.flatMap(({ message }, index) =>
    message.type === 'user:message' ? [index] : [],
  );
  const index = random.between(0, Math.max(0, messages.length - 1));
  const replayed = messages[index];
  if (replayed !== undefined) relay.replay(replayed);
}

/** Returns what was said and not taken back. */
function live(simulation: Simulation): ReadonlySet<string> {
  const { clock, random } = simulation;
  const end = clock.now() + LIVE_MS;
  const said = new Set<string>();
  let count = 0;
  while (clock.now() < end) {
    clock.runUntil(clock.now() + random.between(0, 700));
    const person = random.pick(PEOPLE);
    const roll = random.next();
    if (roll < 0.75) {
      say(simulation, person, `text ${(count += 1)}`);
      // Nothing can be said during a reload.
      const line = listOf(simulation, person).find((each) => each.endsWith(` text ${count}`));
      if (line !== undefined) said.add(line);
    } else if (roll < 0.8) {
      const line = takeBack(simulation, person);
      if (line !== null) said.delete(line);
    } else disturb(simulation, person);
  }
  return said;
}

function takeBack(simulation: Simulation, person: Name): string | null {
  const [first, ...others] = listOf(simulation, person).filter((line) =>
    line.startsWith(`${person} `),
  );
  if (first === undefined) return null;
  const line = simulation.random.pick([first, ...others]);
  const number = Number(line.split(' ')[1]);
  simulation.page(person).dispatch({ type: 'chat-withdrawn', number });
  return listOf(simulation, person).includes(line) ? null : line;
}

function expectOneList(simulation: Simulation): void {
  const [first, ...others] = PEOPLE;
  const list = listOf(simulation, first);
  for (const other of others) expect(listOf(simulation, other)).toEqual(list);
  expect(new Set(list).size).toBe(list.length);
  for (const person of PEOPLE) {
    const { chat } = simulation.page(person).state;
    const states = chat.kept.messages.map((item) => deliveryOf(chat, item).kind);
    expect(states).not.toContain('sending');
    expect(states).not.toContain('failed');
  }
  expect(simulation.violations).toEqual([]);
}

function overSeeds(from: number, count: number, act: (seed: number) => void): void {
  for (let seed = from; seed < from + count; seed += 1) {
    try {
      act(seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
}

describe('chat_of_three', () => {
  it('without_faults_arrives_at_once', () => {
    for (const simulation of [peopleInRoom(1, ...PEOPLE), peopleInCall(1, ...PEOPLE)]) {
      say(simulation, 'ana', 'hello');
      simulation.clock.runUntil(simulation.clock.now() + 1_000);
      expectOneList(simulation);
      expect(listOf(simulation, 'cy')).toEqual(['ana 1 hello']);
    }
  });

  it(
    'in_a_room_with_faults_is_one_list',
    () =>
      overSeeds(1, 60, (seed) => {
        const simulation = peopleInRoom(seed, ...PEOPLE);
        const said = live(simulation);
        simulation.settle(SETTLE_MS);
        expectOneList(simulation);
        expect(new Set(listOf(simulation, 'ana'))).toEqual(said);
      }),
    TIMEOUT_MS,
  );

  it(
    'in_a_call_with_faults_is_one_list',
    () =>
      overSeeds(1_000, 40, (seed) => {
        const simulation = peopleInCall(seed, ...PEOPLE);
        const said = live(simulation);
        simulation.settle(SETTLE_MS);
        expectOneList(simulation);
        expect(new Set(listOf(simulation, 'ana'))).toEqual(said);
      }),
    TIMEOUT_MS,
  );

  it('hundred_messages_at_once_mute_nobody', () => {
    const simulation = peopleInCall(3, ...PEOPLE);
    for (let count = 0; count < 100; count += 1) say(simulation, 'ana', `text ${count}`);
    simulation.clock.runUntil(simulation.clock.now() + 15_000);
    expectOneList(simulation);
    expect(listOf(simulation, 'bo')).toHaveLength(100);
  });
});
