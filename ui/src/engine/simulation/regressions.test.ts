// Schedules that failed once, named after the symptom.

import { expect, it } from 'vitest';
import { invariantViolations } from './invariants';
import {
  callOf,
  isWhole,
  peersOf,
  peopleInCall,
  peopleInRoom,
  press,
  pressMember,
  waitFor,
} from './scenario';
import { NO_FAULTS, Simulation } from './simulation';

/** Longer than the relay keeps a place, and notices that its client is gone. */
const GRACE_MS = 40_000;
const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

it('a status changed during the join is sent after it', () => {
  // A status changed while `room:join` was unanswered. The room kept the old status.
  const simulation = peopleInRoom(1, 'ana', 'bo');
  simulation.relay.restart();
  simulation.clock.runUntil(simulation.clock.now() + 200);
  for (let count = 0; count < 40; count += 1) {
    simulation.page('ana').dispatch({ type: 'preview-opened' });
    simulation.page('ana').dispatch({ type: 'camera-toggled' });
    simulation.clock.runUntil(simulation.clock.now() + 90);
    simulation.page('ana').dispatch({ type: 'preview-closed' });
  }
  waitFor(simulation, 10_000, () => isWhole(simulation, []));
});

it('an offer answered before and after a reload gets a new peer', () => {
  // The page before and the page after a reload answered the same offer. The later answer gets a new
  // connection.
  const simulation = peopleInRoom(3, 'ana', 'bo');
  press(simulation, 'ana', 'call-pressed');
  waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
  press(simulation, 'bo', 'accept-pressed');
  waitFor(simulation, 20_000, () => callOf(simulation, 'ana').kind === 'active');
  const offer = simulation.relay.said.findIndex(({ message }) => message.type === 'incoming:call');
  waitFor(simulation, 20_000, () => peersOf(simulation, 'bo')[0]?.phase === 'open');
  simulation.reload('bo', 'kept');
  waitFor(simulation, 10_000, () => simulation.page('bo').state.room.kind === 'inside');
  simulation.relay.replay(offer);
  waitFor(simulation, 60_000, () => isWhole(simulation, ['ana', 'bo']));
});

it('an offer of a closed connection gets no other answer', () => {
  // The offer of a closed connection was delivered again, and a new connection answered it.
  const simulation = peopleInCall(4, 'ana', 'bo');
  const offer = simulation.relay.said.findIndex(({ message }) => message.type === 'incoming:call');
  press(simulation, 'ana', 'leave-call-pressed');
  waitFor(simulation, 2_000, () => callOf(simulation, 'bo').kind === 'none');
  simulation.relay.replay(offer);
  simulation.clock.runUntil(simulation.clock.now() + 2_000);
  expect(callOf(simulation, 'bo').kind).toBe('none');
  expect(simulation.violations).toEqual([]);
});

it('a call given up before its offer arrives does not ring', () => {
  // The caller gave up during a reload. The reloaded page never heard of the call and rang.
  const simulation = peopleInRoom(5, 'ana', 'bo');
  press(simulation, 'bo', 'call-pressed');
  waitFor(simulation, 20_000, () => callOf(simulation, 'ana').kind === 'incoming');
  const offer = simulation.relay.said.findIndex(({ message }) => message.type === 'incoming:call');
  simulation.reload('ana');
  press(simulation, 'bo', 'leave-call-pressed');
  waitFor(simulation, 10_000, () => simulation.page('ana').state.room.kind === 'inside');
  simulation.relay.replay(offer);
  simulation.clock.runUntil(simulation.clock.now() + 2_000);
  expect(callOf(simulation, 'ana')).toEqual({ kind: 'none', ended: null });
});

it.each([2, 3])('%i_rings_in_a_circle_end_in_one_call', (count) => {
  // Each person rang the next one at the same time. Each was told busy, and all calls ended.
  const [first, ...others] = ['ana', 'bo', 'cy'].slice(0, count);
  const people = [first ?? 'ana', ...others] as const;
  for (const seed of SEEDS) {
    const simulation = peopleInRoom(seed, ...people);
    people.forEach((person, nth) => {
      pressMember(simulation, person, people[(nth + 1) % count] ?? 'ana');
    });
    waitFor(simulation, 20_000, () => isWhole(simulation, people));
  }
});

it('many_rings_in_a_circle_leave_nobody_without_a_word', () => {
  for (const seed of SEEDS) {
    const people = ['ana', 'bo', 'cy', 'di', 'eli', 'fay', 'gus', 'hal'] as const;
    const simulation = peopleInRoom(seed, ...people);
    people.forEach((person, nth) => {
      pressMember(simulation, person, people[(nth + 1) % people.length] ?? 'ana');
    });
    simulation.clock.runUntil(simulation.clock.now() + 120_000);
    expect(invariantViolations(simulation), `seed ${seed}`).toEqual([]);
    const inCall = people.filter((person) => callOf(simulation, person).kind === 'active');
    expect(inCall.length, `seed ${seed}`).toBeGreaterThan(people.length / 2);
  }
});

it('two_calls_to_everybody_become_one', () => {
  // Two people in a call had no relay for a while, and the others began another call. Both went on.
  const people = ['ana', 'bo', 'cy', 'di'] as const;
  for (const seed of SEEDS) {
    const simulation = new Simulation(seed, people, NO_FAULTS);
    callOfTwo(simulation, 'ana', 'bo');
    for (const person of ['ana', 'bo']) simulation.page(person).port.setOnline(false);
    simulation.clock.runUntil(simulation.clock.now() + GRACE_MS);
    callOfTwo(simulation, 'cy', 'di');
    expect(callOf(simulation, 'ana').kind, `seed ${seed}`).toBe('active');
    for (const person of ['ana', 'bo']) simulation.page(person).port.setOnline(true);
    waitFor(simulation, 30_000, () => isWhole(simulation, people));
  }
});

/** Both enter the room and are in a call to everybody there. */
function callOfTwo(simulation: Simulation, caller: string, other: string): void {
  for (const person of [caller, other]) simulation.enter(person);
  simulation.clock.runUntil(simulation.clock.now() + 2_000);
  press(simulation, caller, 'call-pressed');
  waitFor(simulation, 20_000, () => callOf(simulation, other).kind === 'incoming');
  press(simulation, other, 'accept-pressed');
  waitFor(simulation, 30_000, () => peersOf(simulation, other)[0]?.path === 'connected');
}
