// Browsers that die in a call: their places stay for a while, and are no people.

import { describe, expect, it } from 'vitest';
import type { Member } from '../state';
import { callOf, isWhole, peersOf, peopleInCall, peopleInRoom, press, waitFor } from './scenario';
import type { Simulation } from './simulation';

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

function membersOf(simulation: Simulation, person: string): readonly Member[] {
  const { room } = simulation.page(person).state;
  return room.kind === 'inside' ? room.members : [];
}

/** Whether the person sees the other once, and here. */
function sees(simulation: Simulation, person: string, other: string): boolean {
  const found = membersOf(simulation, person).filter(({ email }) => email === other);
  return found.length === 1 && found[0]?.presence === 'here';
}

describe('both_browsers_killed_in_a_call', () => {
  overSeeds('back_within_the_grace_they_see_each_other_once', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    simulation.kill('ana');
    simulation.kill('bo');
    waitFor(simulation, 15_000, () =>
      ['ana', 'bo'].every((person) => simulation.page(person).state.room.kind === 'inside'),
    );
    waitFor(
      simulation,
      2_000,
      () => sees(simulation, 'ana', 'bo') && sees(simulation, 'bo', 'ana'),
    );
  });

  overSeeds('back_within_the_grace_call_rings_the_other', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    simulation.kill('ana');
    simulation.kill('bo');
    waitFor(
      simulation,
      20_000,
      () => sees(simulation, 'ana', 'bo') && sees(simulation, 'bo', 'ana'),
    );
    press(simulation, 'ana', 'call-pressed');
    waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
    press(simulation, 'bo', 'accept-pressed');
    waitFor(simulation, 30_000, () => isWhole(simulation, ['ana', 'bo']));
  });
});

describe('one_browser_killed_in_a_call', () => {
  overSeeds('back_as_another_page_ends_the_old_call', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo');
    simulation.kill('bo', 4_000);
    waitFor(simulation, 20_000, () => callOf(simulation, 'ana').kind === 'none');
    expect(callOf(simulation, 'ana')).toMatchObject({ ended: { reason: 'lost', email: 'bo' } });
    waitFor(simulation, 20_000, () => sees(simulation, 'ana', 'bo'));
    press(simulation, 'ana', 'call-pressed');
    waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
  });

  overSeeds('leaves_the_others_in_their_call', (seed) => {
    const simulation = peopleInCall(seed, 'ana', 'bo', 'cy');
    simulation.kill('cy', 4_000);
    waitFor(simulation, 40_000, () => isWhole(simulation, ['ana', 'bo']));
    waitFor(simulation, 20_000, () => sees(simulation, 'ana', 'cy'));
    press(simulation, 'cy', 'call-pressed');
    waitFor(simulation, 30_000, () => isWhole(simulation, ['ana', 'bo', 'cy']));
  });
});

describe('lost_member', () => {
  overSeeds('is_not_rung_and_nobody_rings_it_when_back', (seed) => {
    const simulation = peopleInRoom(seed, 'ana', 'bo', 'cy');
    simulation.setOnline('cy', false);
    waitFor(simulation, 10_000, () => !sees(simulation, 'ana', 'cy'));
    press(simulation, 'ana', 'call-pressed');
    waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
    expect(peersOf(simulation, 'ana').map(({ email }) => email)).toEqual(['bo']);
    simulation.setOnline('cy', true);
    waitFor(simulation, 20_000, () => sees(simulation, 'ana', 'cy'));
    simulation.clock.runUntil(simulation.clock.now() + 3_000);
    expect(callOf(simulation, 'cy').kind).toBe('none');
  });

  overSeeds('call_of_lost_members_is_over_for_a_third', (seed) => {
    const simulation = peopleInRoom(seed, 'ana', 'bo', 'cy');
    const bo = membersOf(simulation, 'ana').find(({ email }) => email === 'bo')?.id ?? 'none';
    const call = { type: 'call-member-pressed', member: bo, newCall: 'c' } as const;
    simulation.page('ana').dispatch(call);
    waitFor(simulation, 20_000, () => callOf(simulation, 'bo').kind === 'incoming');
    press(simulation, 'bo', 'accept-pressed');
    waitFor(simulation, 20_000, () => peersOf(simulation, 'bo')[0]?.path === 'connected');
    for (const person of ['ana', 'bo']) simulation.page(person).unload('broken');
    waitFor(simulation, 10_000, () =>
      membersOf(simulation, 'cy').every(({ presence }) => presence === 'lost'),
    );
    expect(membersOf(simulation, 'cy').map(({ status }) => status.call)).toEqual(['c', 'c']);
    const { length } = simulation.relay.said;
    press(simulation, 'cy', 'call-pressed');
    expect(callOf(simulation, 'cy').kind).toBe('none');
    expect(simulation.relay.said).toHaveLength(length);
  });
});
