// Every way in which a call of two ends, and what each of the two is told of it.

import { describe, expect, it } from 'vitest';
import type { CallEnd } from '../state';
import { callOf, linksOf, peopleInCall, peopleInRoom, press, waitFor } from './scene';
import type { World } from './world';

/** Null where the person did it, or nothing has ended. */
type Told = { readonly [K in 'reason' | 'email' | 'sleptMs']?: unknown } | null;

interface Case {
  /** What happens to Ana and Bo, who are in a call. */
  readonly act: (world: World) => void;
  readonly ana: Told;
  readonly bo: Told;
}

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

function endOf(world: World, person: string): CallEnd | null {
  const call = callOf(world, person);
  return call.kind === 'none' ? call.ended : null;
}

function run(world: World, ms: number): void {
  world.clock.runUntil(world.clock.now() + ms);
}

function isOver(world: World, ...people: readonly string[]): boolean {
  return people.every((person) => callOf(world, person).kind === 'none');
}

const IN_CALL: Readonly<Record<string, Case>> = {
  'the other hangs up': {
    act: (world) => press(world, 'bo', 'leave-call-pressed'),
    ana: { reason: 'hung-up', email: 'bo' },
    bo: null,
  },
  'the other leaves the room': {
    act: (world) => world.page('bo').dispatch({ type: 'leave-room-pressed' }),
    ana: { reason: 'left', email: 'bo' },
    bo: null,
  },
  'the other hangs up while this one has no relay': {
    act(world) {
      world.page('ana').port.cut();
      run(world, 5_000);
      press(world, 'bo', 'leave-call-pressed');
    },
    ana: { reason: 'hung-up', email: 'bo' },
    bo: null,
  },
  'the network of one is gone for good, and back much later': {
    act(world) {
      world.setOnline('bo', false);
      run(world, 120_000);
      world.setOnline('bo', true);
    },
    ana: { reason: 'lost', email: 'bo' },
    bo: { reason: 'lost', email: 'ana' },
  },
  'one computer sleeps for 90 seconds': {
    act(world) {
      world.setOnline('bo', false);
      run(world, 90_000);
      world.page('bo').dispatch({ type: 'woke', sleptMs: 90_000 });
      world.setOnline('bo', true);
    },
    ana: { reason: 'lost', email: 'bo' },
    bo: { reason: 'slept', email: 'ana', sleptMs: 90_000 },
  },
  'one browser is closed': {
    act(world) {
      world.page('bo').unload();
    },
    ana: { reason: 'lost', email: 'bo' },
    bo: null,
  },
  'one page is reloaded, and the other hangs up meanwhile': {
    act(world) {
      world.reload('bo', 'kept');
      press(world, 'ana', 'leave-call-pressed');
    },
    ana: null,
    bo: { reason: 'over' },
  },
  'a description cannot be used by one': {
    act(world) {
      const link = linksOf(world, 'bo')[0]?.id ?? '';
      for (const connection of world.page('ana').connections.values()) connection.change();
      for (let ms = 0; ms < 2_000 && !isOperating(world, 'bo'); ms += 1) run(world, 1);
      expect(isOperating(world, 'bo')).toBe(true);
      const message = 'No.';
      const fault = 'description';
      world.page('bo').dispatch({ type: 'peer-failed', link, message, fault });
    },
    ana: { reason: 'unusable-there', email: 'bo' },
    bo: { reason: 'unusable', email: 'ana' },
  },
};

describe('end_of_a_call_is_told_with_its_reason_on_both_sides', () => {
  it.each(Object.entries(IN_CALL))('%s', (_, { act, ana, bo }) => {
    for (const seed of SEEDS) {
      const world = peopleInCall(seed, 'ana', 'bo');
      act(world);
      waitFor(world, 120_000, () => isOver(world, 'ana', 'bo') || bo === null);
      waitFor(world, 120_000, () => isOver(world, 'ana'));
      run(world, 15_000);
      check(seed, endOf(world, 'ana'), ana);
      if (world.page('bo').state.call.kind === 'none') check(seed, endOf(world, 'bo'), bo);
    }
  });
});

const RINGING: Readonly<Record<string, Case>> = {
  'nobody answers': {
    act: (world) => run(world, 60_000),
    ana: { reason: 'unanswered', email: 'bo' },
    bo: { reason: 'missed', email: 'ana' },
  },
  'the caller gives up': {
    act: (world) => press(world, 'ana', 'leave-call-pressed'),
    ana: null,
    bo: { reason: 'missed', email: 'ana' },
  },
  'it is declined': {
    act: (world) => press(world, 'bo', 'decline-pressed'),
    ana: { reason: 'declined', email: 'bo' },
    bo: null,
  },
  'it is declined, and rings again at once': {
    act(world) {
      press(world, 'bo', 'decline-pressed');
      run(world, 2_000);
      press(world, 'ana', 'call-pressed');
    },
    ana: { reason: 'declined-before', email: 'bo' },
    bo: { reason: 'missed', email: 'ana' },
  },
  'the caller is lost': {
    act(world) {
      world.setOnline('ana', false);
      run(world, 60_000);
      world.setOnline('ana', true);
    },
    ana: { reason: 'unanswered', email: 'bo' },
    bo: { reason: 'missed', email: 'ana' },
  },
  'the connection fails before there is a path': {
    act: (world) => failWhileAccepting(world, 'connection'),
    ana: { reason: 'failed-there', email: 'bo' },
    bo: { reason: 'failed', email: 'ana' },
  },
  'the offer cannot be used': {
    act: (world) => failWhileAccepting(world, 'description'),
    ana: { reason: 'unusable-there', email: 'bo' },
    bo: { reason: 'unusable', email: 'ana' },
  },
};

describe('end_of_a_ring_is_told_with_its_reason_on_both_sides', () => {
  it.each(Object.entries(RINGING))('%s', (_, { act, ana, bo }) => {
    for (const seed of SEEDS) {
      const world = peopleInRoom(seed, 'ana', 'bo');
      press(world, 'ana', 'call-pressed');
      waitFor(world, 20_000, () => callOf(world, 'bo').kind === 'incoming');
      act(world);
      waitFor(world, 20_000, () => isOver(world, 'ana', 'bo'));
      check(seed, endOf(world, 'ana'), ana);
      check(seed, endOf(world, 'bo'), bo);
    }
  });
});

function isOperating(world: World, person: string): boolean {
  return linksOf(world, person).some(({ negotiation }) => negotiation.operation !== null);
}

function failWhileAccepting(world: World, fault: 'connection' | 'description'): void {
  press(world, 'bo', 'accept-pressed');
  waitFor(world, 20_000, () => linksOf(world, 'bo').length === 1);
  const link = linksOf(world, 'bo')[0]?.id ?? '';
  world.page('bo').dispatch({ type: 'peer-failed', link, message: 'No.', fault });
}

function check(seed: number, end: CallEnd | null, told: Told): void {
  const what = `seed ${seed}`;
  if (told === null) expect(end, what).toBeNull();
  else expect(end, what).toMatchObject(told);
}

it('short_sleep_ends_no_call', () => {
  for (const seed of SEEDS) {
    const world = peopleInCall(seed, 'ana', 'bo');
    world.setOnline('bo', false);
    run(world, 20_000);
    world.page('bo').dispatch({ type: 'woke', sleptMs: 20_000 });
    world.setOnline('bo', true);
    run(world, 60_000);
    expect(linksOf(world, 'bo')[0]?.path, `seed ${seed}`).toBe('connected');
    press(world, 'ana', 'leave-call-pressed');
    waitFor(world, 5_000, () => isOver(world, 'bo'));
    check(seed, endOf(world, 'bo'), { reason: 'hung-up', email: 'ana' });
  }
});
