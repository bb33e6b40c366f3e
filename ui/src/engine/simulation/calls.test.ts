// Calls in a calm world, over many seeds: what must come about, how soon, and with how many words.

import { describe, expect, it } from 'vitest';
import {
  callOf,
  countSaid,
  isWhole,
  linksOf,
  peopleInCall,
  peopleInRoom,
  press,
  waitFor,
} from './scene';
import type { World } from './world';

/** Generous: the machine may have other work. */
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

function pair(seed: number): World {
  return peopleInRoom(seed, 'ana', 'bo');
}

describe('a call', () => {
  overSeeds('connects soon after it is accepted, by one offer and one answer', (seed) => {
    const world = pair(seed);
    press(world, 'ana', 'call-pressed');
    waitFor(world, 20_000, () => callOf(world, 'bo').kind === 'incoming');
    world.clock.runUntil(world.clock.now() + world.random.between(0, 5_000));
    press(world, 'bo', 'accept-pressed');
    waitFor(world, 20_000, () => isWhole(world, ['ana', 'bo']));
    world.clock.runUntil(world.clock.now() + 30_000);
    const said = countSaid(world);
    expect(said['incoming:call']).toBe(1);
    expect(said['call:accepted']).toBe(1);
    expect(said['peer:nego:needed']).toBeUndefined();
    expect(said['peer:candidate']).toBe(8);
    expect(linksOf(world, 'ana')[0]?.attempts).toBe(0);
  });

  overSeeds('that is declined ends with the word for it at the caller', (seed) => {
    const world = pair(seed);
    press(world, 'ana', 'call-pressed');
    waitFor(world, 20_000, () => callOf(world, 'bo').kind === 'incoming');
    press(world, 'bo', 'decline-pressed');
    waitFor(world, 1_000, () => callOf(world, 'ana').kind === 'none');
    expect(callOf(world, 'ana')).toEqual({
      kind: 'none',
      ended: { reason: 'declined', email: 'bo' },
    });
    expect(callOf(world, 'bo')).toEqual({ kind: 'none', ended: null });
  });

  overSeeds('that nobody answers is given up after 45 seconds, and missed', (seed) => {
    const world = pair(seed);
    press(world, 'ana', 'call-pressed');
    waitFor(world, 20_000, () => callOf(world, 'bo').kind === 'incoming');
    const rang = waitFor(world, 60_000, () => callOf(world, 'ana').kind === 'none');
    waitFor(world, 1_000, () => callOf(world, 'bo').kind === 'none');
    expect(rang).toBeGreaterThan(44_000);
    expect(rang).toBeLessThan(46_000);
    expect(callOf(world, 'ana')).toMatchObject({ ended: { reason: 'unanswered', email: 'bo' } });
    expect(callOf(world, 'bo')).toMatchObject({ ended: { reason: 'missed', email: 'ana' } });
  });

  overSeeds('ends for both when one hangs up', (seed) => {
    const world = peopleInCall(seed, 'ana', 'bo');
    press(world, 'bo', 'leave-call-pressed');
    waitFor(world, 1_000, () => callOf(world, 'ana').kind === 'none');
    expect(callOf(world, 'ana')).toMatchObject({ ended: { reason: 'hung-up', email: 'bo' } });
    expect(world.page('ana').connections.size + world.page('bo').connections.size).toBe(0);
  });

  overSeeds('ends when the other leaves the room', (seed) => {
    const world = peopleInCall(seed, 'ana', 'bo');
    world.page('bo').dispatch({ type: 'leave-room-pressed' });
    waitFor(world, 1_000, () => callOf(world, 'ana').kind === 'none');
  });

  overSeeds('that crosses another becomes one call, without anybody accepting', (seed) => {
    const world = pair(seed);
    press(world, 'ana', 'call-pressed');
    world.clock.runUntil(world.clock.now() + world.random.between(0, 300));
    press(world, 'bo', 'call-pressed');
    waitFor(world, 25_000, () => {
      // Where one was heard before the other had captured, it rings and is taken; never both.
      for (const person of ['ana', 'bo']) expect(callOf(world, person).kind).not.toBe('incoming');
      return isWhole(world, ['ana', 'bo']);
    });
    expect(countSaid(world)['call:declined']).toBeUndefined();
  });

  overSeeds('can be joined by a third while it runs', (seed) => {
    const world = peopleInRoom(seed, 'ana', 'bo', 'cy');
    press(world, 'ana', 'call-pressed');
    waitFor(world, 20_000, () => callOf(world, 'bo').kind === 'incoming');
    press(world, 'bo', 'accept-pressed');
    waitFor(world, 20_000, () => linksOf(world, 'bo')[0]?.path === 'connected');
    if (callOf(world, 'cy').kind === 'incoming') press(world, 'cy', 'decline-pressed');
    world.clock.runUntil(world.clock.now() + 500);
    press(world, 'cy', 'call-pressed');
    waitFor(world, 20_000, () => isWhole(world, ['ana', 'bo', 'cy']));
  });
});

describe('inside a call', () => {
  overSeeds('changes at both ends at once settle with few offers', (seed) => {
    const world = peopleInCall(seed, 'ana', 'bo');
    const before = countSaid(world)['peer:nego:needed'] ?? 0;
    for (let count = 0; count < 6; count += 1) {
      const person = world.random.pick(['ana', 'bo']);
      for (const connection of world.page(person).connections.values()) connection.change();
      world.clock.runUntil(world.clock.now() + world.random.between(0, 60));
    }
    waitFor(world, 3_000, () => isWhole(world, ['ana', 'bo']));
    expect((countSaid(world)['peer:nego:needed'] ?? 0) - before).toBeLessThanOrEqual(9);
    world.clock.runUntil(world.clock.now() + 20_000);
    expect(isWhole(world, ['ana', 'bo'])).toBe(true);
  });

  overSeeds(
    'a restart of the relay is not noticed by the media, and changes still settle',
    (seed) => {
      const world = peopleInCall(seed, 'ana', 'bo');
      const links = linksOf(world, 'ana').map(({ id }) => id);
      const paths = new Set<string>();
      const watch = (): boolean => {
        for (const link of [...linksOf(world, 'ana'), ...linksOf(world, 'bo')])
          paths.add(link.path);
        return isWhole(world, ['ana', 'bo']);
      };
      world.relay.restart();
      for (const person of ['ana', 'bo']) {
        for (const connection of world.page(person).connections.values()) connection.change();
      }
      world.clock.runUntil(world.clock.now() + 500);
      waitFor(world, 20_000, watch);
      for (const person of ['ana', 'bo']) {
        for (const connection of world.page(person).connections.values()) connection.change();
      }
      waitFor(world, 20_000, watch);
      expect(linksOf(world, 'ana').map(({ id }) => id)).toEqual(links);
      expect([...paths]).toEqual(['connected']);
    },
  );

  overSeeds('a change of network is mended by an ICE restart on the same connection', (seed) => {
    const world = peopleInCall(seed, 'ana', 'bo');
    const links = linksOf(world, 'ana').map(({ id }) => id);
    world.moveNetwork(world.random.pick(['ana', 'bo']));
    waitFor(world, 10_000, () =>
      ['ana', 'bo'].some((person) => linksOf(world, person)[0]?.path === 'reconnecting'),
    );
    waitFor(world, 20_000, () => isWhole(world, ['ana', 'bo']));
    expect(linksOf(world, 'ana').map(({ id }) => id)).toEqual(links);
  });

  overSeeds('a reload comes back into the call by itself', (seed) => {
    const world = peopleInCall(seed, 'ana', 'bo');
    const person = world.random.pick(['ana', 'bo']);
    const other = person === 'ana' ? 'bo' : 'ana';
    world.reload(person, 'kept');
    waitFor(world, 25_000, () => {
      expect(callOf(world, other).kind).toBe('active');
      return (
        callOf(world, person).kind === 'active' && linksOf(world, person)[0]?.path === 'connected'
      );
    });
    waitFor(world, 60_000, () => isWhole(world, ['ana', 'bo']));
  });

  overSeeds('a reload that has lost its place comes back by a press of the other', (seed) => {
    const world = peopleInCall(seed, 'ana', 'bo');
    world.reload('bo', 'lost');
    waitFor(world, 25_000, () => world.page('ana').state.asking.length === 1);
    press(world, 'ana', 'accept-pressed');
    waitFor(world, 60_000, () => isWhole(world, ['ana', 'bo']));
  });

  overSeeds('whoever is lost for good is given up', (seed) => {
    const world = peopleInCall(seed, 'ana', 'bo');
    world.setOnline('bo', false);
    waitFor(world, 120_000, () => callOf(world, 'ana').kind === 'none');
    expect(callOf(world, 'ana')).toMatchObject({ ended: { reason: 'lost', email: 'bo' } });
  });
});
