// Scripted turns of speech with seeded noise, overlaps, coughs and short replies: for tests.

import type { Random } from '../../simulation/random';
import type { VoiceId } from '../state';

export interface Turn {
  readonly who: VoiceId;
  /** Readings of 100 ms. */
  readonly from: number;
  readonly to: number;
}

export interface Script {
  readonly turns: readonly Turn[];
  /** Levels of everybody at each reading. */
  readonly readings: readonly (readonly (readonly [VoiceId, number])[])[];
}

export function scriptOf(random: Random, people: readonly VoiceId[], count: number): Script {
  const turns = turnsOf(random, people, count);
  const length = (turns.at(-1)?.to ?? 0) + 10;
  // Some sit beside a fan.
  const noise = new Map(people.map((who) => [who, random.pick([0.05, 0.15, 0.25, 0.45])]));
  const levels = new Map(
    people.map((who) => {
      const floor = noise.get(who) ?? 0;
      return [who, Array.from({ length }, () => floor + 0.06 * random.next())];
    }),
  );
  for (const turn of turns)
    speak(random, levels.get(turn.who) ?? [], turn, noise.get(turn.who) ?? 0);
  for (const turn of turns) disturb(random, people, levels, turn);
  const readings = Array.from({ length }, (_, at) =>
    people.map((who): readonly [VoiceId, number] => [who, levels.get(who)?.[at] ?? 0]),
  );
  return { turns, readings };
}

function turnsOf(random: Random, people: readonly VoiceId[], count: number): readonly Turn[] {
  const turns: Turn[] = [];
  let at = 5;
  let last: VoiceId | null = null;
  for (let turn = 0; turn < count; turn += 1) {
    const others = people.filter((who) => who !== last);
    const who = others[random.between(0, others.length - 1)] ?? 'nobody';
    // A pause before the turn, or an overlap with the one before.
    const from = Math.max(1, at + random.between(-4, 6));
    const to = from + random.between(15, 60);
    turns.push({ who, from, to });
    last = who;
    at = to;
  }
  return turns;
}

/** Syllables of changing loudness with pauses between words. */
function speak(random: Random, levels: number[], { from, to }: Turn, noise: number): void {
  // Speech is at least 13 dB above the noise around it.
  const voice = Math.max(0.6, noise + 0.25) + 0.25 * random.next();
  for (let at = from; at < to; at += 1) {
    const isPause = at > from + 1 && at < to - 2 && random.chance(0.12);
    if (isPause) continue;
    levels[at] = Math.min(1, voice + 0.2 * (random.next() - 0.5));
  }
}

/** Coughs of others, under 200 ms and louder than speech, and replies of 200 ms. */
function disturb(
  random: Random,
  people: readonly VoiceId[],
  levels: ReadonlyMap<VoiceId, number[]>,
  { who, from, to }: Turn,
): void {
  for (const other of people) {
    if (other === who || !random.chance(0.4)) continue;
    const at = random.between(from + 3, Math.max(from + 3, to - 6));
    const isCough = random.chance(0.5);
    const lasts = isCough ? random.between(1, 2) : 2;
    for (let reading = at; reading < at + lasts; reading += 1) {
      const track = levels.get(other);
      if (track !== undefined) track[reading] = isCough ? 0.95 : 0.6;
    }
  }
}
