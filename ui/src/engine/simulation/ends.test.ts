// All ways in which a call of two ends, and the reason that each end shows.

import { describe, expect, it } from 'vitest';
import type { CallEnd } from '../state';
import { callOf, peersOf, peopleInCall, peopleInRoom, press, waitFor } from './scenario';
import type { Simulation } from './simulation';

/** Null if the person ended the call, or the call continues. */
type Told = { readonly [K in 'reason' | 'email' | 'sleptMs']?: unknown } | null;

interface Case {
  /** The fault or action during a call of Ana and Bo. */
  readonly act: (simulation: Simulation) => void;
  readonly ana: Told;
  readonly bo: Told;
}

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

function endOf(simulation: Simulation, person: string): CallEnd | null {
  const call = callOf(simulation, person);
  return call.kind === 'none' ? call.ended : null;
}

function run(simulation: Simulation, ms: number): void {
  simulation.clock.runUntil(simulation.clock.now() + ms);
}

function isOver(simulation: Simulation, ...people: readonly string[]): boolean {
  return people.every((person) => callOf(simulation, person).kind === 'none');
}

const IN_CALL: Readonly<Record<string, Case>> = {
  'the other hangs up': {
    act: (simulation) => press(simulation, 'bo', 'leave-call-pressed'),
    ana: { reason: 'hung-up', email: 'bo' },
    bo: null,
  },
  'the other leaves the room': {
    act: (simulation) => simulation.page('bo').dispatch({ type: 'leave-room-pressed' }),
    ana: { reason: 'left', email: 'bo' },
    bo: null,
  },
  'the other hangs up while this one has no relay': {
    act(simulation) {
      simulation.page('ana').port.cut();
      run(simulation, 5_000);
      press(simulation, 'bo', 'leave-call-pressed');
    },
    ana: { reason: 'hung-up', email: 'bo' },
    bo: null,
  },
  'the network of one is gone for good, and back much later': {
    act(simulation) {
      simulation.setOnline('bo', false);
      run(simulation, 120_000);
      simulation.setOnline('bo', true);
    },
    ana: { reason: 'lost', email: 'bo' },
    bo: { reason: 'lost', email: 'ana' },
  },
  'one computer sleeps for 90 seconds': {
    act(simulation) {
      simulation.setOnline('bo', false);
      run(simulation, 90_000);
      simulation.page('bo').dispatch({ type: 'woke', sleptMs: 90_000 });
      simulation.setOnline('bo', true);
    },
    ana: { reason: 'lost', email: 'bo' },
    bo: { reason: 'slept', email: 'ana', sleptMs: 90_000 },
  },
  'one browser is closed': {
    act(simulation) {
      simulation.page('bo').unload('going-away');
    },
    ana: { reason: 'lost', email: 'bo' },
    bo: null,
  },
  'one page is reloaded, and the other hangs up meanwhile': {
    act(simulation) {
      simulation.reload('bo', 'kept');
      press(simulation, 'ana', 'leave-call-pressed');
    },
    ana: null,
    bo: { reason: 'over' },
  },
  'a description cannot be used by one': {
    act(simulation) {
      const peer = peersOf(simulation, 'bo')[0]?.id ?? '';
      for (const connection of simulation.page('ana').connections.values()) connection.change();
      for (let ms = 0; ms < 2_000 && !isOperating(simulation, 'bo'); ms += 1) run(simulation, 1);
      expect(isOperating(simulation, 'bo')).toBe(true);
      const message = 'No.';
      const fault = 'description';
      simulation.page('bo').dispatch({ type: 'peer-failed', peer, message, fault });
    },
    ana: { reason: 'unusable-there', email: 'bo' },
    bo: { reason: 'unusable', email: 'ana' },
  },
};

describe('end_of_a_call_is_told_with_its_reason_on_both_sides', () => {
  it.each(Object.entries(IN_CALL))('%s', (_, { act, ana, bo }) => {
    for (const seed of SEEDS) {
      const simulation = peopleInCall(seed, 'ana', 'bo');
      act(simulation);
      waitFor(simulation, 120_000, () => isOver(simulation, 'ana', 'bo') || bo === null);
      waitFor(simulation, 120_000, () => isOver(simulation, 'ana'));
      run(simulation, 15_000);
      check(seed, endOf(simulation, 'ana'), ana);
      if (simulation.page('bo').state.call.kind === 'none')
        check(seed, endOf(simulation, 'bo'), bo);
    }
  });
});

const RINGING: Readonly<Record<string, Case>> = {
  'nobody answers': {
    act: (simulation) => run(simulation, 60_000),
    ana: { reason: 'unanswered', email: 'bo' },
    bo: { reason: 'missed', email: 'ana' },
  },
  'the caller gives up': {
    act: (simulation) => press(simulation, 'ana', 'leave-call-pressed'),
    ana: null,
    bo: { reason: 'missed', email: 'ana' },
  },
  'it is declined': {
    act: (simulation) => press(simulation, 'bo', 'decline-pressed'),
    ana: { reason: 'declined', email: 'bo' },
    bo: null,
  },
  'it is declined, and rings again at once': {
    act(simulation) {
      press(simulation, 'bo', 'decline-pressed');
      run(simulation, 2_000);
      press(simulation, 'ana', 'call-pressed');
    },
    ana: { reason: 'declined-before', email: 'bo' },
    bo: { reason: 'missed', email: 'ana' },
  },
  'the caller is lost': {
    act(simulation) {
      simulation.setOnline('ana', false);
      run(simulation, 60_000);
      simulation.setOnline('ana', true);
    },
    ana: { reason: 'unanswered', email: 'bo' },
    bo: { reason: 'missed', email: 'ana' },
  },
  'the connection fails before there is a path': {
    act: (simulation) => failWhileAccepting(simulation, 'connection'),
    ana: { reason: 'failed-there', email: 'bo' },
    bo: { reason: 'failed', email: 'ana' },
  },
  'the offer cannot be used': {
    act: (simulation) => failWhileAccepting(simulation, 'description'),
    ana: { reason: 'unusable-there', email: 'bo' },
    bo: { reason: 'unusable', email: 'ana' },
  },
};

describe('end_of_a_ring_is_told_with_its_reason_on_both_sides', () => {
  it.each(Object.entries(RINGING))('%s', (_, { act, ana, bo }) => {
    for (const seed of SEEDS) {
      const simulation = peopleInRoom(seed, 'ana', 'bo');
      press(simulation, 'ana', 'call-pressed');
      waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
      act(simulation);
      waitFor(simulation, 20_000, () => isOver(simulation, 'ana', 'bo'));
      check(seed, endOf(simulation, 'ana'), ana);
      check(seed, endOf(simulation, 'bo'), bo);
    }
  });
});

function isOperating(simulation: Simulation, person: string): boolean {
  return peersOf(simulation, person).some(({ negotiation }) => negotiation.operation !== null);
}

function failWhileAccepting(simulation: Simulation, fault: 'connection' | 'description'): void {
  press(simulation, 'bo', 'accept-pressed');
  // An operation is shorter than the steps of `waitFor`.
  const { clock } = simulation;
  for (let ms = 0; ms < 20_000 && !isOperating(simulation, 'bo'); ms += 1) {
    clock.runUntil(clock.now() + 1);
  }
  const peer = peersOf(simulation, 'bo')[0]?.id ?? '';
  simulation.page('bo').dispatch({ type: 'peer-failed', peer, message: 'No.', fault });
}

function check(seed: number, end: CallEnd | null, told: Told): void {
  const what = `seed ${seed}`;
  if (told === null) expect(end, what).toBeNull();
  else expect(end, what).toMatchObject(told);
}

it('short_sleep_ends_no_call', () => {
  for (const seed of SEEDS) {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    simulation.setOnline('bo', false);
    run(simulation, 20_000);
    simulation.page('bo').dispatch({ type: 'woke', sleptMs: 20_000 });
    simulation.setOnline('bo', true);
    run(simulation, 60_000);
    expect(peersOf(simulation, 'bo')[0]?.path, `seed ${seed}`).toBe('connected');
    press(simulation, 'ana', 'leave-call-pressed');
    waitFor(simulation, 5_000, () => isOver(simulation, 'bo'));
    check(seed, endOf(simulation, 'bo'), { reason: 'hung-up', email: 'ana' });
  }
});
