// Calls without faults over many seeds: outcome, duration and number of messages.

import { describe, expect, it } from 'vitest';
import {
  callOf,
  countSaid,
  isWhole,
  peersOf,
  peopleInCall,
  peopleInRoom,
  press,
  waitFor,
} from './scenario';
import type { Simulation } from './simulation';

/** Generous: the machine may be busy. */
const TIMEOUT_MS = 60_000;
const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

function overSeeds(name: string, act: (seed: number) => void): void {
  it(
    name,
    () => {
      for (const seed of SEEDS) {
        try {
          act(seed);
        } catch (error) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
      }
    },
    TIMEOUT_MS,
  );
}

function pair(seed: number): Simulation {
  return peopleInRoom(seed, 'ana', 'bo');
}

describe('a call', () => {
  overSeeds('connects soon after the accept, with one offer, one answer', (seed) => {
    const simulation = pair(seed);
    press(simulation, 'ana', 'call-pressed');
    waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
    simulation.clock.runUntil(simulation.clock.now() + simulation.random.between(0, 5_000));
    press(simulation, 'bo', 'accept-pressed');
    waitFor(simulation, 20_000, () => isWhole(simulation, ['ana', 'bo']));
    simulation.clock.runUntil(simulation.clock.now() + 30_000);
    const said = countSaid(simulation);
    expect(said['incoming:call']).toBe(1);
    expect(said['call:accepted']).toBe(1);
    expect(said['peer:nego:needed']).toBeUndefined();
    expect(said['peer:candidate']).toBe(8);
    expect(peersOf(simulation, 'ana')[0]?.attempts).toBe(0);
  });

  overSeeds('that is declined ends with the word for it at the caller', (seed) => {
    const simulation = pair(seed);
    press(simulation, 'ana', 'call-pressed');
    waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
    press(simulation, 'bo', 'decline-pressed');
    waitFor(simulation, 1_000, () => callOf(simulation, 'ana').kind === 'none');
    expect(callOf(simulation, 'ana')).toEqual({
      kind: 'none',
      ended: { reason: 'declined', email: 'bo' },
    });
    expect(callOf(simulation, 'bo')).toEqual({ kind: 'none', ended: null });
  });

  overSeeds('without an answer ends after 45 seconds, and is missed', (seed) => {
    const simulation = pair(seed);
    press(simulation, 'ana', 'call-pressed');
    waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
    const rang = waitFor(simulation, 60_000, () => callOf(simulation, 'ana').kind === 'none');
    waitFor(simulation, 1_000, () => callOf(simulation, 'bo').kind === 'none');
    expect(rang).toBeGreaterThan(44_000);
    expect(rang).toBeLessThan(46_000);
    expect(callOf(simulation, 'ana')).toMatchObject({
      ended: { reason: 'unanswered', email: 'bo' },
    });
    expect(callOf(simulation, 'bo')).toMatchObject({ ended: { reason: 'missed', email: 'ana' } });
  });

  overSeeds('ends for both when one hangs up', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    press(simulation, 'bo', 'leave-call-pressed');
    waitFor(simulation, 1_000, () => callOf(simulation, 'ana').kind === 'none');
    expect(callOf(simulation, 'ana')).toMatchObject({ ended: { reason: 'hung-up', email: 'bo' } });
    expect(simulation.page('ana').connections.size + simulation.page('bo').connections.size).toBe(
      0,
    );
  });

  overSeeds('ends when the other leaves the room', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    simulation.page('bo').dispatch({ type: 'leave-room-pressed' });
    waitFor(simulation, 1_000, () => callOf(simulation, 'ana').kind === 'none');
  });

  overSeeds('that crosses another becomes one call without a press', (seed) => {
    const simulation = pair(seed);
    press(simulation, 'ana', 'call-pressed');
    simulation.clock.runUntil(simulation.clock.now() + simulation.random.between(0, 300));
    press(simulation, 'bo', 'call-pressed');
    waitFor(simulation, 25_000, () => {
      // If one offer arrives before the other end has captured, it rings and is accepted; never both.
      for (const person of ['ana', 'bo'])
        expect(callOf(simulation, person).kind).not.toBe('incoming');
      return isWhole(simulation, ['ana', 'bo']);
    });
    expect(countSaid(simulation)['call:declined']).toBeUndefined();
  });

  overSeeds('can be joined by a third while it runs', (seed) => {
    const simulation = peopleInRoom(seed, 'ana', 'bo', 'cy');
    press(simulation, 'ana', 'call-pressed');
    waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
    press(simulation, 'bo', 'accept-pressed');
    waitFor(simulation, 20_000, () => peersOf(simulation, 'bo')[0]?.path === 'connected');
    if (callOf(simulation, 'cy').kind === 'incoming') press(simulation, 'cy', 'decline-pressed');
    simulation.clock.runUntil(simulation.clock.now() + 500);
    press(simulation, 'cy', 'call-pressed');
    waitFor(simulation, 20_000, () => isWhole(simulation, ['ana', 'bo', 'cy']));
  });
});

describe('inside a call', () => {
  overSeeds('changes at both ends at once settle with few offers', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    const before = countSaid(simulation)['peer:nego:needed'] ?? 0;
    for (let count = 0; count < 6; count += 1) {
      const person = simulation.random.pick(['ana', 'bo']);
      for (const connection of simulation.page(person).connections.values()) connection.change();
      simulation.clock.runUntil(simulation.clock.now() + simulation.random.between(0, 60));
    }
    waitFor(simulation, 3_000, () => isWhole(simulation, ['ana', 'bo']));
    expect((countSaid(simulation)['peer:nego:needed'] ?? 0) - before).toBeLessThanOrEqual(9);
    simulation.clock.runUntil(simulation.clock.now() + 20_000);
    expect(isWhole(simulation, ['ana', 'bo'])).toBe(true);
  });

  overSeeds(
    'a restart of the relay is not noticed by the media, and changes still settle',
    (seed) => {
      const simulation = peopleInCall(seed, 'ana', 'bo');
      const peers = peersOf(simulation, 'ana').map(({ id }) => id);
      const paths = new Set<string>();
      const watch = (): boolean => {
        for (const peer of [...peersOf(simulation, 'ana'), ...peersOf(simulation, 'bo')])
          paths.add(peer.path);
        return isWhole(simulation, ['ana', 'bo']);
      };
      simulation.relay.restart();
      for (const person of ['ana', 'bo']) {
        for (const connection of simulation.page(person).connections.values()) connection.change();
      }
      simulation.clock.runUntil(simulation.clock.now() + 500);
      waitFor(simulation, 20_000, watch);
      for (const person of ['ana', 'bo']) {
        for (const connection of simulation.page(person).connections.values()) connection.change();
      }
      waitFor(simulation, 20_000, watch);
      expect(peersOf(simulation, 'ana').map(({ id }) => id)).toEqual(peers);
      expect([...paths]).toEqual(['connected']);
    },
  );

  overSeeds('a network change is repaired by an ICE restart', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    const peers = peersOf(simulation, 'ana').map(({ id }) => id);
    simulation.moveNetwork(simulation.random.pick(['ana', 'bo']));
    waitFor(simulation, 10_000, () =>
      ['ana', 'bo'].some((person) => peersOf(simulation, person)[0]?.path === 'reconnecting'),
    );
    waitFor(simulation, 20_000, () => isWhole(simulation, ['ana', 'bo']));
    expect(peersOf(simulation, 'ana').map(({ id }) => id)).toEqual(peers);
  });

  overSeeds('a reload comes back into the call by itself', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    const person = simulation.random.pick(['ana', 'bo']);
    const other = person === 'ana' ? 'bo' : 'ana';
    simulation.reload(person, 'kept');
    waitFor(simulation, 25_000, () => {
      expect(callOf(simulation, other).kind).toBe('active');
      return (
        callOf(simulation, person).kind === 'active' &&
        peersOf(simulation, person)[0]?.path === 'connected'
      );
    });
    waitFor(simulation, 60_000, () => isWhole(simulation, ['ana', 'bo']));
  });

  overSeeds('a reload without its place needs admission by the other', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    simulation.reload('bo', 'lost', 'lost');
    waitFor(simulation, 25_000, () => simulation.page('ana').state.admissions.length === 1);
    press(simulation, 'ana', 'accept-pressed');
    waitFor(simulation, 60_000, () => isWhole(simulation, ['ana', 'bo']));
  });

  overSeeds('a reload without its place comes back by its device', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    simulation.reload('bo', 'lost', 'kept');
    waitFor(simulation, 25_000, () => {
      expect(simulation.page('ana').state.admissions).toEqual([]);
      expect(callOf(simulation, 'ana').kind).toBe('active');
      return peersOf(simulation, 'bo')[0]?.path === 'connected';
    });
    waitFor(simulation, 60_000, () => isWhole(simulation, ['ana', 'bo']));
  });

  overSeeds('a member lost for good is given up', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    simulation.setOnline('bo', false);
    waitFor(simulation, 120_000, () => callOf(simulation, 'ana').kind === 'none');
    expect(callOf(simulation, 'ana')).toMatchObject({ ended: { reason: 'lost', email: 'bo' } });
  });
});
