import { describe, expect, it } from 'vitest';

import { FULL_PACE, withHeard, type BlockPace } from './block-pace';

const SECOND = 48_000;
const POOR: readonly number[] = Array<number>(20).fill(0.5);

/** Shares of audio that is made up, second by second. */
function after(shares: readonly number[], before: BlockPace = FULL_PACE): BlockPace {
  let pace = withHeard(before, [{ peer: 'ben', heard: { samples: 0, madeUp: 0 } }]);
  let [samples, madeUp] = [0, 0];
  for (const share of shares) {
    samples += SECOND;
    madeUp += SECOND * share;
    pace = withHeard(pace, [{ peer: 'ben', heard: { samples, madeUp } }]);
  }
  return pace;
}

describe('blocks', () => {
  it('come_at_full_speed_while_audio_is_whole', () => {
    expect(after([0, 0.01, 0.02]).intervalMs).toBe(0);
  });

  it('come_further_apart_with_each_second_of_poor_audio', () => {
    expect(after([0.1]).intervalMs).toBe(125);
    expect(after([0.1, 0.1, 0.03]).intervalMs).toBe(500);
    expect(after(Array<number>(60).fill(0.5)).intervalMs).toBe(2_000);
  });

  it('come_at_full_speed_again_within_15_seconds', () => {
    expect(after([...POOR, 0, 0, 0, 0, 0]).intervalMs).toBeGreaterThan(250);
    expect(after([...POOR, ...Array<number>(15).fill(0)]).intervalMs).toBe(0);
  });

  it('follow_the_worst_of_all_who_are_heard', () => {
    const both = (samples: number, ben: number, eva: number): BlockPace =>
      withHeard(samples === 0 ? FULL_PACE : both(0, 0, 0), [
        { peer: 'ben', heard: { samples, madeUp: ben } },
        { peer: 'eva', heard: { samples, madeUp: eva } },
      ]);
    expect(both(SECOND, 0, SECOND / 2).intervalMs).toBe(125);
    expect(both(SECOND, 0, 0).intervalMs).toBe(0);
  });

  it('are_held_up_by_nobody_who_left_or_came_back', () => {
    const poor = after([0.5, 0.5]);
    expect(withHeard(poor, []).intervalMs).toBe(0);
    const back = withHeard(poor, [{ peer: 'ben', heard: { samples: 100, madeUp: 100 } }]);
    expect(back).toEqual({
      intervalMs: poor.intervalMs,
      heard: { ben: { samples: 100, madeUp: 100 } },
    });
  });

  it('keep_their_pace_until_enough_is_heard', () => {
    const poor = after([0.5, 0.5]);
    const soon = withHeard(poor, [
      { peer: 'ben', heard: { samples: 2 * SECOND + 100, madeUp: 2 * SECOND } },
    ]);
    expect(soon).toEqual(poor);
  });
});
