import { describe, expect, it } from 'vitest';

import { loudness } from './audio-level';

describe('loudness', () => {
  it('is exactly nothing for silence', () => {
    expect(loudness(new Float32Array(64))).toBe(0);
  });

  it('is all for a full swing and never more', () => {
    expect(loudness(new Float32Array(64).fill(1))).toBe(1);
  });

  it('rises with the swing, by decibels', () => {
    const quiet = loudness(new Float32Array(64).fill(0.01));
    const loud = loudness(new Float32Array(64).fill(0.1));
    expect(quiet).toBeCloseTo(20 / 54, 5);
    expect(loud).toBeCloseTo(40 / 54, 5);
  });

  it('does not go below nothing', () => {
    expect(loudness(new Float32Array(64).fill(1e-9))).toBe(0);
  });
});
