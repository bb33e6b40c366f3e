// Attacks by a third member that claims another session, over many seeds: it receives no media
// without a call or an accept, and ends no call.

import { expect, it } from 'vitest';
import { Impostor } from './impostor';
import { callOf, peersOf, peopleInCall, peopleInRoom, press, waitFor } from './scenario';
import type { Simulation } from './simulation';

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

/** Sends forged messages to both; no person acts. */
function lieFor(
  simulation: Simulation,
  impostor: Impostor,
  ms: number,
  meanwhile: () => void = () => undefined,
) {
  const end = simulation.clock.now() + ms;
  while (simulation.clock.now() < end) {
    simulation.clock.runUntil(simulation.clock.now() + simulation.random.between(0, 400));
    impostor.forge(simulation.random.pick(PEOPLE));
    meanwhile();
    expect(impostor.isHeard).toBe(false);
    for (const person of PEOPLE) {
      expect(peersOf(simulation, person).filter(({ member }) => member === impostor.id)).toEqual(
        [],
      );
    }
  }
}

function isTogether(simulation: Simulation): boolean {
  return PEOPLE.every((person) => {
    const [peer, ...others] = peersOf(simulation, person);
    const isOfOther = peer?.email === (person === 'ana' ? 'bo' : 'ana');
    return isOfOther && peer.path === 'connected' && !peer.detached && others.length === 0;
  });
}

overSeeds('call_is_not_taken_over_by_a_repeated_session', (seed) => {
  const simulation = peopleInCall(seed, 'ana', 'bo');
  const peers = peersOf(simulation, 'ana').map(({ id }) => id);
  lieFor(simulation, new Impostor(simulation, simulation.random.pick(PEOPLE)), 30_000, () => {
    expect(peersOf(simulation, 'ana').map(({ id }) => id)).toEqual(peers);
    expect(isTogether(simulation)).toBe(true);
  });
  expect(simulation.violations).toEqual([]);
});

overSeeds('call_survives_a_relay_restart_that_an_impostor_uses', (seed) => {
  const simulation = peopleInCall(seed, 'ana', 'bo');
  const peers = peersOf(simulation, 'ana').map(({ id }) => id);
  const impostor = new Impostor(simulation, simulation.random.pick(PEOPLE));
  simulation.clock.runUntil(simulation.clock.now() + 1_000);
  for (let restarts = 0; restarts < 2; restarts += 1) {
    simulation.relay.restart();
    lieFor(simulation, impostor, 20_000);
  }
  waitFor(simulation, 20_000, () => isTogether(simulation));
  expect(peersOf(simulation, 'ana').map(({ id }) => id)).toEqual(peers);
  expect(simulation.violations).toEqual([]);
});

overSeeds('reload_beside_an_impostor_comes_back_to_the_other_alone', (seed) => {
  const simulation = peopleInCall(seed, 'ana', 'bo');
  const impostor = new Impostor(simulation, simulation.random.pick(PEOPLE));
  simulation.clock.runUntil(simulation.clock.now() + 1_000);
  for (const person of PEOPLE) {
    simulation.reload(person, 'kept');
    lieFor(simulation, impostor, 25_000);
  }
  waitFor(simulation, 20_000, () => isTogether(simulation));
  expect(simulation.violations).toEqual([]);
});

overSeeds('impostor_in_place_of_a_lost_member_gets_no_media', (seed) => {
  const simulation = peopleInCall(seed, 'ana', 'bo');
  const impostor = new Impostor(simulation, 'bo');
  simulation.clock.runUntil(simulation.clock.now() + 1_000);
  simulation.setOnline('bo', false);
  lieFor(simulation, impostor, 120_000);
  expect(callOf(simulation, 'ana')).toMatchObject({ kind: 'none', ended: { email: 'bo' } });
});

overSeeds('member_is_rung_though_a_later_one_repeats_the_session', (seed) => {
  const simulation = peopleInRoom(seed, 'ana', 'bo');
  const impostor = new Impostor(simulation, 'bo');
  simulation.clock.runUntil(simulation.clock.now() + 1_000);
  press(simulation, 'ana', 'call-pressed');
  waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
  press(simulation, 'bo', 'accept-pressed');
  const bo = simulation.page('bo').state.room;
  waitFor(simulation, 20_000, () =>
    peersOf(simulation, 'ana').some(
      ({ member, path }) => bo.kind === 'inside' && member === bo.self && path === 'connected',
    ),
  );
  expect(impostor.isHeard).toBe(false);
});

overSeeds('repeated_session_comes_into_a_call_by_a_press_only', (seed) => {
  const simulation = peopleInCall(seed, 'ana', 'bo');
  const impostor = new Impostor(simulation, 'bo');
  simulation.clock.runUntil(simulation.clock.now() + 1_000);
  waitFor(simulation, 60_000, () => {
    impostor.forge('ana');
    return simulation.page('ana').state.admissions.length > 0;
  });
  expect(simulation.page('ana').state.admissions).toMatchObject([{ from: impostor.id }]);
  press(simulation, 'ana', 'accept-pressed');
  expect(peersOf(simulation, 'ana')).toMatchObject([
    { email: 'bo', path: 'connected' },
    { member: impostor.id },
  ]);
});
