// Speech in three windows, immediate, medium and long, each scored by how much likelier speech is
// than noise (I. Volfin and I. Cohen, "Dominant speaker identification for multipoint
// videoconferencing", Computer Speech & Language 27, 2013).
//
// Invariant: a steady noise is not speech, however loud; a window without speech scores least.

export interface Scores {
  readonly immediate: number;
  readonly medium: number;
  readonly long: number;
}

/** Readings of 100 ms. */
const IMMEDIATE = 2;
const MEDIUM = 5;
const LONG_BLOCKS = 5;
export const READINGS_KEPT = MEDIUM * LONG_BLOCKS;

/** Parts of the scale that a level is counted in. */
const PARTS = 10;
/** About −44 dB; quieter is no speech. */
const MIN_SPEECH = 0.3;
/** Speech is about 6.5 dB above the quietest of its 2.5 s. */
const ABOVE_NOISE = 0.12;
/** Of the readings of a block. */
const SPEECH_BLOCK = 3;
const LEAST_SCORE = 0.01;

/** Whether each reading is speech; the newest first. */
export function speech(levels: readonly number[]): readonly boolean[] {
  const least = Math.max(MIN_SPEECH, Math.min(...levels) + ABOVE_NOISE);
  return levels.map((level) => level >= least);
}

export function scores(levels: readonly number[]): Scores {
  const isSpeech = speech(levels);
  const parts = levels
    .slice(0, IMMEDIATE)
    .map((level, index) => (isSpeech[index] === true ? Math.round(level * PARTS) : 0));
  const blocks = Array.from({ length: LONG_BLOCKS }, (_, block) =>
    count(isSpeech.slice(block * MEDIUM, (block + 1) * MEDIUM)),
  );
  return {
    immediate: score(sum(parts), IMMEDIATE * PARTS),
    medium: score(blocks[0] ?? 0, MEDIUM),
    long: score(count(blocks.map((readings) => readings >= SPEECH_BLOCK)), LONG_BLOCKS),
  };
}

/** Log-likelihood ratio of `active` of `all`: binomial for speech, exponential for noise; less that
 *  of none. The exponent is so large that more activity always scores higher. */
function score(active: number, all: number): number {
  const exponent = Math.log(all) + 0.5;
  return Math.max(LEAST_SCORE, logBinomial(all, active) + exponent * active);
}

function logBinomial(all: number, some: number): number {
  let log = 0;
  for (let index = 1; index <= some; index += 1) log += Math.log((all - some + index) / index);
  return log;
}

function count(flags: readonly boolean[]): number {
  return flags.filter(Boolean).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
