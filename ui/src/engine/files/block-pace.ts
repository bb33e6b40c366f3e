// Files yield to what is heard: while audio is made up, blocks come further apart, and when it is
// whole again, closer step by step. A line may have room where a computer has none.
//
// Invariant: pure. Where audio is poor for another reason, a block still comes every two seconds.

import type { HeardAudio } from '../connection-report/statistics';
import type { PeerId } from '../ids';

export interface BlockPace {
  /** Between the beginnings of two blocks. */
  readonly intervalMs: number;
  readonly heard: Readonly<Record<PeerId, HeardAudio>>;
}

export interface HeardSample {
  readonly peer: PeerId;
  readonly heard: HeardAudio;
}

/** A person begins to notice it. */
const MUCH_MADE_UP = 0.02;
/** A quarter of a second: fewer tell nothing. */
const MIN_SAMPLES = 12_000;
const FIRST_INTERVAL_MS = 125;
const MAX_INTERVAL_MS = 2_000;
const FALL = 0.75;

export const FULL_PACE: BlockPace = { intervalMs: 0, heard: {} };

/** `samples`: one for each peer that is heard now. The worst counts. */
export function withHeard(before: BlockPace, samples: readonly HeardSample[]): BlockPace {
  const heard: Record<PeerId, HeardAudio> = {};
  let worst: number | null = null;
  for (const { peer, heard: now } of samples) {
    const then = before.heard[peer];
    const played = then === undefined ? 0 : now.samples - then.samples;
    if (then === undefined || played < 0) {
      // A new connection begins to count again.
      heard[peer] = now;
    } else if (played < MIN_SAMPLES) {
      heard[peer] = then;
    } else {
      heard[peer] = now;
      worst = Math.max(worst ?? 0, (now.madeUp - then.madeUp) / played);
    }
  }
  const { intervalMs } = before;
  if (worst === null) return { intervalMs: samples.length === 0 ? 0 : intervalMs, heard };
  return { intervalMs: worst > MUCH_MADE_UP ? slower(intervalMs) : faster(intervalMs), heard };
}

function slower(intervalMs: number): number {
  return Math.min(MAX_INTERVAL_MS, Math.max(FIRST_INTERVAL_MS, intervalMs * 2));
}

function faster(intervalMs: number): number {
  const next = intervalMs * FALL;
  return next < FIRST_INTERVAL_MS / 2 ? 0 : next;
}
