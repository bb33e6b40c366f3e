// What a shared picture is, by how much of it changes: a page of text changes a little or now and
// then, a film all the time.
//
// Invariant: the answer changes only after seconds of the other kind, so that scrolling a page does
// not blur it.

import type { Content } from '../budget/content';

export interface Changes {
  /** Whether much of the picture changed, the last sample first. */
  readonly last: readonly ('much' | 'little')[];
  readonly content: Content;
}

export const FEW_CHANGES: Changes = { last: [], content: 'text' };

/** Twice a second: five seconds. */
const SAMPLES = 10;
/** Of the samples, for a film; a page has at most the second number. */
const FILM = 8;
const PAGE = 3;
/** Of the picture. */
const MUCH = 0.06;
/** Of 255: more than noise of a codec. */
const VISIBLE = 20;
const CHANNELS = 4;

/** The share of the pixels that differ visibly between two RGBA pictures of one size. */
export function changedShare(before: Uint8ClampedArray, after: Uint8ClampedArray): number {
  const pixels = Math.min(before.length, after.length) / CHANNELS;
  let changed = 0;
  for (let at = 0; at < pixels * CHANNELS; at += CHANNELS) {
    let most = 0;
    for (let colour = 0; colour < CHANNELS - 1; colour += 1) {
      most = Math.max(most, Math.abs((before[at + colour] ?? 0) - (after[at + colour] ?? 0)));
    }
    if (most > VISIBLE) changed += 1;
  }
  return pixels === 0 ? 0 : changed / pixels;
}

export function withChange({ last, content }: Changes, share: number): Changes {
  const samples = [share > MUCH ? ('much' as const) : ('little' as const), ...last].slice(
    0,
    SAMPLES,
  );
  const much = samples.filter((one) => one === 'much').length;
  if (samples.length === SAMPLES && much >= FILM) return { last: samples, content: 'motion' };
  return { last: samples, content: much <= PAGE ? 'text' : content };
}
