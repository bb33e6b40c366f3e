// The sounds of the app as notes. Rising is good news, falling is an end, a ringing call repeats.
//
// Invariant: values only; `sounds.ts` plays them.

import type { Sound } from '../engine/effect';

/** Times in seconds from the start of the sound. */
export interface Note {
  readonly hertz: number;
  readonly at: number;
  readonly lasts: number;
  /** 0 to 1; the sum of simultaneous notes stays below 1. */
  readonly gain: number;
}

export interface RingTone {
  readonly notes: readonly Note[];
  /** Repeat interval in seconds. */
  readonly every: number;
}

const A4 = 440;
const C5 = 523.25;
const D5 = 587.33;
const E5 = 659.26;
const G5 = 783.99;
const A5 = 880;

export const TONES: Readonly<Record<Sound, readonly Note[]>> = {
  joined: [note(C5, 0, 0.12), note(G5, 0.1, 0.22)],
  left: [note(G5, 0, 0.12), note(C5, 0.1, 0.22)],
  connected: [note(C5, 0, 0.1), note(E5, 0.08, 0.1), note(G5, 0.16, 0.26)],
  reconnecting: [note(E5, 0, 0.12), note(E5, 0.24, 0.12)],
  lost: [note(E5, 0, 0.14), note(D5, 0.14, 0.14), note(A4, 0.28, 0.34)],
  hand: [note(A5, 0, 0.1, 0.1), note(G5 * 1.5, 0.1, 0.24, 0.08)],
  message: [note(A5, 0, 0.09, 0.1)],
  ended: [note(G5, 0, 0.1), note(E5, 0.1, 0.1), note(C5, 0.2, 0.28)],
};

export const RINGS: Readonly<Record<'incoming' | 'outgoing', RingTone>> = {
  incoming: {
    notes: [note(E5, 0, 0.16), note(A5, 0.18, 0.16), note(E5, 0.36, 0.16), note(A5, 0.54, 0.34)],
    every: 2.4,
  },
  outgoing: {
    notes: [note(A4, 0, 0.9, 0.07), note(A4 * 1.25, 0, 0.9, 0.05)],
    every: 3,
  },
};

function note(hertz: number, at: number, lasts: number, gain = 0.14): Note {
  return { hertz, at, lasts, gain };
}
