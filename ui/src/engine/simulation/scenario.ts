// Scenarios without faults: the test drives the people and sets the time limits.

import type { CallState, Peer } from '../state';
import { invariantViolations } from './invariants';
import { NO_FAULTS, Simulation } from './simulation';

/** A simulation with these people in the room and no call. */
export function peopleInRoom(seed: number, ...people: readonly [string, ...string[]]): Simulation {
  const simulation = new Simulation(seed, people, NO_FAULTS);
  for (const person of people) simulation.enter(person);
  simulation.clock.runUntil(2_000);
  return simulation;
}

/** The same, with all people in one call. */
export function peopleInCall(seed: number, ...people: readonly [string, ...string[]]): Simulation {
  const simulation = peopleInRoom(seed, ...people);
  callAll(simulation, people);
  simulation.clock.runUntil(simulation.clock.now() + 2_000);
  return simulation;
}

/** The first one calls, the others accept, and all are connected. */
export function callAll(simulation: Simulation, people: readonly [string, ...string[]]): void {
  const [caller, ...others] = people;
  press(simulation, caller, 'call-pressed');
  for (const other of others) {
    waitFor(simulation, 20_000, () => callOf(simulation, other).kind === 'incoming');
    press(simulation, other, 'accept-pressed');
  }
  waitFor(simulation, 30_000, () => isWhole(simulation, people));
}

export function press(
  simulation: Simulation,
  person: string,
  type: 'call-pressed' | 'accept-pressed' | 'decline-pressed' | 'leave-call-pressed',
): void {
  const page = simulation.page(person);
  page.dispatch(type === 'call-pressed' ? { type, newCall: simulation.random.id() } : { type });
}

/** The person calls one other. */
export function pressMember(simulation: Simulation, person: string, other: string): void {
  const page = simulation.page(person);
  const members = page.state.room.kind === 'inside' ? page.state.room.members : [];
  const member = members.find(({ email }) => email === other);
  if (member === undefined) throw new Error(`${person} does not see ${other}.`);
  const newCall = simulation.random.id();
  page.dispatch({ type: 'call-member-pressed', member: member.id, newCall });
}

/** Returns the elapsed virtual milliseconds; throws after `ms`. */
export function waitFor(simulation: Simulation, ms: number, isSo: () => boolean): number {
  const { clock } = simulation;
  const start = clock.now();
  while (!isSo()) {
    if (clock.now() - start >= ms) throw new Error(`Not within ${ms} ms: ${stateOf(simulation)}`);
    clock.runUntil(clock.now() + 25);
  }
  return clock.now() - start;
}

export function callOf(simulation: Simulation, person: string): CallState {
  return simulation.page(person).state.call;
}

export function peersOf(simulation: Simulation, person: string): readonly Peer[] {
  const call = callOf(simulation, person);
  return call.kind === 'active' ? call.peers : [];
}

/** Whether all people are in one call, fully connected, without violations. */
export function isWhole(simulation: Simulation, people: readonly string[]): boolean {
  return (
    people.every((person) => peersOf(simulation, person).length === people.length - 1) &&
    invariantViolations(simulation).length === 0
  );
}

/** Number of directed messages by type. */
export function countSaid(simulation: Simulation): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { message } of simulation.relay.said) {
    counts[message.type] = (counts[message.type] ?? 0) + 1;
  }
  return counts;
}

function stateOf(simulation: Simulation): string {
  const calls = simulation.people.map(
    (person) => `${person} ${JSON.stringify(callOf(simulation, person))}`,
  );
  return [...calls, ...invariantViolations(simulation)].join('\n').slice(0, 3_000);
}
