// Speaker detection: the levels of everybody in, the dominant speaker out.
//
// Invariant: a change needs a clear lead in 300 ms of speech, and 1 s before it goes back; silence
// changes nothing.

import type { LevelsEvent } from './events';
import { SELF, type SpeakerState, type Voice, type VoiceId } from './state';
import { READINGS_KEPT, scores, speech, type Scores } from './windows';

const LEAD_READINGS = 3;
/** A pause between syllables, or a cough of another, does not end a lead. */
const MAX_PAUSE = 2;
const NOT_BACK_MS = 1000;
/** Least logarithms of the ratios of scores. Over somebody who is silent now, little is enough. */
const OVER_SILENCE: readonly Scores[] = [{ immediate: 0.5, medium: -0.7, long: -Infinity }];
/** Over somebody who speaks now, twice the speech of half a second, or more in every window. */
const OVER_SPEECH: readonly Scores[] = [
  { immediate: -Infinity, medium: 0.4, long: -Infinity },
  { immediate: 0.3, medium: 0, long: 0 },
];
/** Of the last 500 ms, for the ring of a tile. */
const TALKING_READINGS = 2;
const TALKING_WINDOW = 5;

const WINDOWS = ['immediate', 'medium', 'long'] as const;

interface Rated {
  readonly id: VoiceId;
  readonly scores: Scores;
  readonly isSpeaking: boolean;
}

export function stepSpeaker(state: SpeakerState, event: LevelsEvent): SpeakerState {
  const voices = event.levels.map(([id, level]): Voice => {
    const before = state.voices.find((voice) => voice.id === id)?.levels ?? [];
    return { id, levels: [level, ...before].slice(0, READINGS_KEPT) };
  });
  const isHere = (id: VoiceId | null): boolean => voices.some((voice) => voice.id === id);
  const leader = isHere(state.leader?.id ?? null) ? state.leader : null;
  const shown = isHere(state.shown) ? state.shown : null;
  const known = { ...state, voices, leader, shown };

  const challenge = challengeOf(known, event.at);
  if (challenge === null || challenge.readings < LEAD_READINGS) return { ...known, challenge };
  const { id } = challenge;
  return {
    ...known,
    leader: { id, since: event.at, before: leader?.id ?? null },
    challenge: null,
    shown: id === SELF ? shown : id,
  };
}

/** Who talks now, for marks on tiles; several may. */
export function talking({ voices }: SpeakerState): readonly VoiceId[] {
  return voices
    .filter(({ levels }) => {
      const recent = speech(levels).slice(0, TALKING_WINDOW);
      return recent.filter(Boolean).length >= TALKING_READINGS;
    })
    .map(({ id }) => id);
}

function challengeOf(state: SpeakerState, at: number): SpeakerState['challenge'] {
  const { leader, challenge } = state;
  const rated = state.voices.map(rate);
  const dominant = rated.find(({ id }) => id === leader?.id) ?? null;
  const isBack = (id: VoiceId): boolean =>
    leader !== null && id === leader.before && at - leader.since < NOT_BACK_MS;
  const ahead = rated.filter(
    (one) => one !== dominant && one.isSpeaking && !isBack(one.id) && leads(one, dominant),
  );
  const best = ahead.toSorted((a, b) => b.scores.medium - a.scores.medium)[0] ?? null;
  const same = ahead.find(({ id }) => id === challenge?.id);
  if (challenge !== null && same !== undefined && !isClearlyAhead(best, same)) {
    return { id: same.id, readings: challenge.readings + 1, pause: 0 };
  }
  if (best !== null && best.id !== challenge?.id) return { id: best.id, readings: 1, pause: 0 };
  if (challenge === null || challenge.pause >= MAX_PAUSE) return null;
  return { ...challenge, pause: challenge.pause + 1 };
}

function isClearlyAhead(best: Rated | null, other: Rated): boolean {
  return best !== null && best !== other && leads(best, other);
}

function rate({ id, levels }: Voice): Rated {
  return { id, scores: scores(levels), isSpeaking: speech(levels)[0] === true };
}

function leads(one: Rated, dominant: Rated | null): boolean {
  if (dominant === null) return true;
  const enough = dominant.isSpeaking ? OVER_SPEECH : OVER_SILENCE;
  return enough.some((least) =>
    WINDOWS.every(
      (window) => Math.log(one.scores[window] / dominant.scores[window]) > least[window],
    ),
  );
}
