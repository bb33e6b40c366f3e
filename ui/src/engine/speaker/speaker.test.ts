// Who speaks: scripted turns, and the rules one by one.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { seeded } from '../simulation/random';
import { levelOf } from './level';
import { NOBODY, SELF, type SpeakerState, type VoiceId } from './state';
import { stepSpeaker, talking } from './step';
import { scriptOf, type Script, type Turn } from './testing/turns';

const QUIET = 0.1;
const LOUD = 0.8;

/** A letter a reading: who of the people speaks. A dot is nobody, a capital is a louder voice. */
function hear(text: string, start: SpeakerState = NOBODY, people = 'abs'): SpeakerState {
  let state = start;
  for (const [index, letters] of `....${text}`.split('').entries()) {
    const levels = people
      .split('')
      .map((who): readonly [VoiceId, number] => [idOf(who), levelIn(letters, who)]);
    state = stepSpeaker(state, {
      type: 'levels',
      at: (state.leader?.since ?? 0) + 100 * (index + 1),
      levels,
    });
  }
  return state;
}

function levelIn(letter: string, who: string): number {
  if (letter === '*') return LOUD;
  if (letter === who.toUpperCase()) return 1;
  return letter === who ? LOUD : QUIET;
}

function idOf(who: string): VoiceId {
  return who === 's' ? SELF : who;
}

describe('speaker', () => {
  it.each<[string, string, VoiceId | null]>([
    ['silence_is_nobody', '..........', null],
    ['speech_of_300_ms_leads', 'aaa', 'a'],
    ['cough_of_200_ms_does_not', '..aa......', null],
    ['cough_does_not_interrupt', 'aaaaaaaBBaaaaa', 'a'],
    ['cough_in_a_pause_does_not', 'aaaaaaa..BB..aaa', 'a'],
    ['silence_keeps_the_last', 'aaaaa....................', 'a'],
    ['next_speaker_leads', 'aaaaaaaaaabbbbb', 'b'],
    ['overlap_keeps_the_first', 'aaaaaaaaaa*****', 'a'],
    ['own_voice_leads_too', 'aaaaaaaaaasssss', SELF],
  ])('%s', (_, text, leader) => {
    expect(hear(text).leader?.id ?? null).toBe(leader);
  });

  it('own_voice_is_never_shown', () => {
    const state = hear('aaaaaaaaaassssssssss');
    expect(state.shown).toBe('a');
    expect(hear('ssssssssss').shown).toBeNull();
  });

  it('change_back_needs_a_second', () => {
    const state = hear('aaaaaaaaaabbbbbbb');
    expect(state.leader?.id).toBe('b');
    let back = state;
    const changedAt = state.leader?.since ?? 0;
    for (let at = changedAt + 100; at <= changedAt + 900; at += 100)
      back = stepSpeaker(back, {
        type: 'levels',
        at,
        levels: [
          ['a', LOUD],
          ['b', QUIET],
        ],
      });
    expect(back.leader?.id).toBe('b');
    for (let at = changedAt + 1000; at <= changedAt + 1200; at += 100)
      back = stepSpeaker(back, {
        type: 'levels',
        at,
        levels: [
          ['a', LOUD],
          ['b', QUIET],
        ],
      });
    expect(back.leader?.id).toBe('a');
  });

  it('who_left_is_forgotten', () => {
    const state = hear('aaaaa');
    const left = stepSpeaker(state, { type: 'levels', at: 1e6, levels: [['b', QUIET]] });
    expect(left).toMatchObject({ leader: null, shown: null });
  });

  it('steady_noise_is_no_speech', () => {
    let state = NOBODY;
    for (let at = 0; at < 10_000; at += 100)
      state = stepSpeaker(state, {
        type: 'levels',
        at,
        levels: [['a', 0.5 + 0.05 * Math.sin(at)]],
      });
    expect(state.leader).toBeNull();
    expect(talking(state)).toEqual([]);
  });

  it('all_who_talk_are_marked', () => {
    expect(talking(hear('........*****'))).toEqual(['a', 'b', SELF]);
    expect(talking(hear('........*****.....'))).toEqual([]);
  });

  it('any_levels_give_somebody_who_is_here', () => {
    const level = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(NaN, -1, 9));
    const reading = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', SELF), level), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 60 }), (readings) => {
        let state = NOBODY;
        for (const [index, levels] of readings.entries()) {
          state = stepSpeaker(state, { type: 'levels', at: index * 100, levels });
          expect(state.shown).not.toBe(SELF);
          const here = levels.map(([id]) => id);
          if (state.leader !== null) expect(here).toContain(state.leader.id);
        }
      }),
    );
  });
});

describe('sixty_turns', () => {
  const people: readonly VoiceId[] = ['ana', 'ben', 'cam', 'dan', SELF];

  it.each(Array.from({ length: 20 }, (_, seed) => seed + 1))(
    'seed_%i_has_3_wrong_at_most',
    (seed) => {
      const script = scriptOf(seeded(seed), people, 60);
      const wrong = script.turns.filter((turn, index) => !isRight(script, turn, index));
      expect(wrong.length).toBeLessThanOrEqual(3);
    },
  );

  /** Whether the turn's speaker leads 600 ms after having the floor alone, and to its end. */
  function isRight(script: Script, turn: Turn, index: number): boolean {
    const leaders = leadersOf(script);
    const alone = Math.max(turn.from, script.turns[index - 1]?.to ?? 0);
    const end = Math.min(turn.to, script.turns[index + 1]?.from ?? turn.to);
    return leaders.slice(alone + 6, end).every((leader) => leader === turn.who);
  }

  const known = new WeakMap<Script, readonly (VoiceId | null)[]>();

  function leadersOf(script: Script): readonly (VoiceId | null)[] {
    const before = known.get(script);
    if (before !== undefined) return before;
    let state = NOBODY;
    const leaders = script.readings.map((levels, index) => {
      state = stepSpeaker(state, { type: 'levels', at: index * 100, levels });
      return state.leader?.id ?? null;
    });
    known.set(script, leaders);
    return leaders;
  }
});

describe('level', () => {
  it.each([
    [0, 0],
    [0.001, 0],
    [0.0316, 0.555],
    [0.5, 0.9997],
    [1, 1],
    [NaN, 0],
  ])('amplitude_%f_is_%f', (amplitude, level) => {
    expect(levelOf(amplitude)).toBeCloseTo(level, 2);
  });
});
