import { describe, expect, it } from 'vitest';

import { NOBODY_SPEAKS, speaking, type Speaking } from './speaking';

function after(readings: [string, number][][]): string | null {
  return readings.reduce<Speaking>(speaking, NOBODY_SPEAKS).who;
}

describe('speaking', () => {
  it('is nobody while it is quiet', () => {
    expect(
      after([
        [
          ['ana', 0.1],
          ['ben', 0.2],
        ],
      ]),
    ).toBeNull();
  });

  it('is the loudest', () => {
    expect(
      after([
        [
          ['ana', 0.5],
          ['ben', 0.8],
        ],
      ]),
    ).toBe('ben');
  });

  it('stays through a short pause, and ends after a long one', () => {
    const loud: [string, number][] = [['ana', 0.6]];
    const quiet: [string, number][] = [['ana', 0]];
    expect(after([loud, ...Array.from({ length: 6 }, () => quiet)])).toBe('ana');
    expect(after([loud, ...Array.from({ length: 7 }, () => quiet)])).toBeNull();
  });

  it('switches only to a much louder speaker', () => {
    expect(
      after([
        [
          ['ana', 0.6],
          ['ben', 0],
        ],
        [
          ['ana', 0.6],
          ['ben', 0.65],
        ],
      ]),
    ).toBe('ana');
    expect(
      after([
        [
          ['ana', 0.6],
          ['ben', 0],
        ],
        [
          ['ana', 0.5],
          ['ben', 0.9],
        ],
      ]),
    ).toBe('ben');
  });

  it('forgets who left', () => {
    expect(after([[['ana', 0.6]], [['ben', 0]]])).toBeNull();
  });
});
