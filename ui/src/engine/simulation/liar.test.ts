// Attacks by a third member who repeats somebody's session, over many seeds: nobody's media goes to
// a member that was neither called nor accepted, and nobody's call is ended by it.

import { expect, it } from 'vitest';
import { Liar } from './liar';
import { callOf, linksOf, peopleInCall, peopleInRoom, press, waitFor } from './scene';
import type { World } from './world';

const TIMEOUT_MS = 60_000;
const SEEDS = Array.from({ length: 100 }, (_, index) => index + 1);
const PEOPLE = ['ana', 'bo'] as const;

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

/** Lies to both for a while; nobody presses anything. */
function lieFor(world: World, liar: Liar, ms: number, meanwhile: () => void = () => undefined) {
  const end = world.clock.now() + ms;
  while (world.clock.now() < end) {
    world.clock.runUntil(world.clock.now() + world.random.between(0, 400));
    liar.lie(world.random.pick(PEOPLE));
    meanwhile();
    expect(liar.isHeard).toBe(false);
    for (const person of PEOPLE) {
      expect(linksOf(world, person).filter(({ member }) => member === liar.id)).toEqual([]);
    }
  }
}

function isTogether(world: World): boolean {
  return PEOPLE.every((person) => {
    const [link, ...others] = linksOf(world, person);
    const isOfOther = link?.email === (person === 'ana' ? 'bo' : 'ana');
    return isOfOther && link.path === 'connected' && !link.orphan && others.length === 0;
  });
}

overSeeds('call_is_not_taken_over_by_a_repeated_session', (seed) => {
  const world = peopleInCall(seed, 'ana', 'bo');
  const links = linksOf(world, 'ana').map(({ id }) => id);
  lieFor(world, new Liar(world, world.random.pick(PEOPLE)), 30_000, () => {
    expect(linksOf(world, 'ana').map(({ id }) => id)).toEqual(links);
    expect(isTogether(world)).toBe(true);
  });
  expect(world.violations).toEqual([]);
});

overSeeds('call_survives_a_relay_restart_that_a_liar_uses', (seed) => {
  const world = peopleInCall(seed, 'ana', 'bo');
  const links = linksOf(world, 'ana').map(({ id }) => id);
  const liar = new Liar(world, world.random.pick(PEOPLE));
  world.clock.runUntil(world.clock.now() + 1_000);
  for (let restarts = 0; restarts < 2; restarts += 1) {
    world.relay.restart();
    lieFor(world, liar, 20_000);
  }
  waitFor(world, 20_000, () => isTogether(world));
  expect(linksOf(world, 'ana').map(({ id }) => id)).toEqual(links);
  expect(world.violations).toEqual([]);
});

overSeeds('reload_beside_a_liar_comes_back_to_the_other_alone', (seed) => {
  const world = peopleInCall(seed, 'ana', 'bo');
  const liar = new Liar(world, world.random.pick(PEOPLE));
  world.clock.runUntil(world.clock.now() + 1_000);
  for (const person of PEOPLE) {
    world.reload(person, 'kept');
    lieFor(world, liar, 25_000);
  }
  waitFor(world, 20_000, () => isTogether(world));
  expect(world.violations).toEqual([]);
});

overSeeds('liar_in_place_of_a_lost_member_gets_no_media', (seed) => {
  const world = peopleInCall(seed, 'ana', 'bo');
  const liar = new Liar(world, 'bo');
  world.clock.runUntil(world.clock.now() + 1_000);
  world.setOnline('bo', false);
  lieFor(world, liar, 120_000);
  expect(callOf(world, 'ana')).toMatchObject({ kind: 'none', ended: { email: 'bo' } });
});

overSeeds('member_is_rung_though_a_later_one_repeats_the_session', (seed) => {
  const world = peopleInRoom(seed, 'ana', 'bo');
  const liar = new Liar(world, 'bo');
  world.clock.runUntil(world.clock.now() + 1_000);
  press(world, 'ana', 'call-pressed');
  waitFor(world, 20_000, () => callOf(world, 'bo').kind === 'incoming');
  press(world, 'bo', 'accept-pressed');
  const bo = world.page('bo').state.room;
  waitFor(world, 20_000, () =>
    linksOf(world, 'ana').some(
      ({ member, path }) => bo.kind === 'inside' && member === bo.self && path === 'connected',
    ),
  );
  expect(liar.isHeard).toBe(false);
});

overSeeds('repeated_session_comes_into_a_call_by_a_press_only', (seed) => {
  const world = peopleInCall(seed, 'ana', 'bo');
  const liar = new Liar(world, 'bo');
  world.clock.runUntil(world.clock.now() + 1_000);
  waitFor(world, 60_000, () => {
    liar.lie('ana');
    return world.page('ana').state.asking.length > 0;
  });
  expect(world.page('ana').state.asking).toMatchObject([{ from: liar.id }]);
  press(world, 'ana', 'accept-pressed');
  expect(linksOf(world, 'ana')).toMatchObject([
    { email: 'bo', path: 'connected' },
    { member: liar.id },
  ]);
});
