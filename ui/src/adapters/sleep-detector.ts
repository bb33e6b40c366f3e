// Finds out that the computer, or the page, was asleep: its clock went further than its ticks.
//
// Invariant: a page that is merely slow, or throttled in the background (to one tick a minute, see
// Chromium's "intensive throttling"), was not asleep as long as its clock and ticks agree.

import type { SleepPort } from '../ports';

const TICK_MS = 1_000;
/** Longer than any page is held up while its computer is awake. */
const MIN_SLEEP_MS = 10_000;
/** A background tab without a call may tick once a minute. */
const THROTTLED_TICK_MS = 61_000;

/** How long the page slept before this tick, in milliseconds; null where it did not. */
export function sleptBetween(before: number, now: number, isHidden: boolean): number | null {
  const missed = now - before - TICK_MS;
  return missed >= (isHidden ? THROTTLED_TICK_MS : MIN_SLEEP_MS) ? missed : null;
}

export function sleepDetector(): SleepPort {
  return {
    listen(listener) {
      // The wall clock: monotonic ones stand still while a computer sleeps.
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
