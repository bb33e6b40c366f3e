// Detects sleep of the computer or the page: the wall clock advances further than the ticks.
//
// Invariant: a slow page, or one throttled in the background (to one tick a minute, see Chromium's
// "intensive throttling"), does not count as asleep.

import type { SleepPort } from '../ports';

const TICK_MS = 1_000;
/** Longer than any page is held up while its computer is awake. */
const MIN_SLEEP_MS = 10_000;
/** A background tab without a call may tick once a minute. */
const THROTTLED_TICK_MS = 61_000;

/** Sleep before this tick in milliseconds; null if there was none. */
export function sleptBetween(before: number, now: number, isHidden: boolean): number | null {
  const missed = now - before - TICK_MS;
  return missed >= (isHidden ? THROTTLED_TICK_MS : MIN_SLEEP_MS) ? missed : null;
}

export function sleepDetector(): SleepPort {
  return {
    listen(listener) {
      // Wall clock: a monotonic clock stops during sleep.
      let before = Date.now();
      let wasHidden = document.hidden;
      setInterval(() => {
        const now = Date.now();
        const sleptMs = sleptBetween(before, now, wasHidden);
        before = now;
        wasHidden = document.hidden;
        if (sleptMs !== null) listener({ type: 'woke', sleptMs });
      }, TICK_MS);
    },
  };
}
