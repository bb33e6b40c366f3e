// A calm world in which a test says what happens, and how long it may take.

import type { CallState, Link } from '../state';
import { disagreements } from './agreement';
import { CALM, World } from './world';

/** A world with these people in the room, nobody calling. */
export function peopleInRoom(seed: number, ...people: readonly [string, ...string[]]): World {
  const world = new World(seed, people, CALM);
  for (const person of people) world.enter(person);
  world.clock.runUntil(2_000);
  return world;
}

/** The same, with everybody in one call. */
export function peopleInCall(seed: number, ...people: readonly [string, ...string[]]): World {
  const world = peopleInRoom(seed, ...people);
  const [caller, ...others] = people;
  press(world, caller, 'call-pressed');
  for (const other of others) {
    waitFor(world, 20_000, () => callOf(world, other).kind === 'incoming');
    press(world, other, 'accept-pressed');
  }
  waitFor(world, 30_000, () => isWhole(world, people));
  world.clock.runUntil(world.clock.now() + 2_000);
  return world;
}

export function press(
  world: World,
  person: string,
  type: 'call-pressed' | 'accept-pressed' | 'decline-pressed' | 'leave-call-pressed',
): void {
  const page = world.page(person);
  page.dispatch(type === 'call-pressed' ? { type, newCall: world.random.id() } : { type });
}

/** How long it took, in virtual milliseconds; throws when it takes longer. */
export function waitFor(world: World, ms: number, isSo: () => boolean): number {
  const { clock } = world;
  const start = clock.now();
  while (!isSo()) {
    if (clock.now() - start >= ms) throw new Error(`Not within ${ms} ms: ${stateOf(world)}`);
    clock.runUntil(clock.now() + 25);
  }
  return clock.now() - start;
}

export function callOf(world: World, person: string): CallState {
  return world.page(person).state.call;
}

export function linksOf(world: World, person: string): readonly Link[] {
  const call = callOf(world, person);
  return call.kind === 'active' ? call.links : [];
}

/** Whether they are all in one call, connected each to each, with nothing amiss. */
export function isWhole(world: World, people: readonly string[]): boolean {
  return (
    people.every((person) => linksOf(world, person).length === people.length - 1) &&
    disagreements(world).length === 0
  );
}

/** How often each kind of directed message was said. */
export function countSaid(world: World): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { message } of world.relay.said) {
    counts[message.type] = (counts[message.type] ?? 0) + 1;
  }
  return counts;
}

function stateOf(world: World): string {
  const calls = world.people.map((person) => `${person} ${JSON.stringify(callOf(world, person))}`);
  return [...calls, ...disagreements(world)].join('\n').slice(0, 3_000);
}
