// Exponential reconnect backoff with full jitter: clients of a restarted relay reconnect at different
// times. In milliseconds; `random` is in 0.0..1.0.

const MIN_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;
/** A session of at least this length resets the backoff. */
const STABLE_AFTER_MS = 10_000;
/** Upper bound of the delay after a relay restart. */
const MAX_RESTART_DELAY_MS = 3_000;

/** Between 0.5 s and 1, 2, 4, 8, 15 s. */
export function nextDelay(attempt: number, random: number): number {
  return between(Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** (attempt + 1)), random);
}

/** The relay has too much to do, also with this client: as after many tries. */
export function overloadDelay(random: number): number {
  return between(MAX_DELAY_MS, random);
}

/** The relay announced its restart. */
export function restartDelay(random: number): number {
  return Math.round(random * MAX_RESTART_DELAY_MS);
}

export function isStable(lastedMs: number): boolean {
  return lastedMs >= STABLE_AFTER_MS;
}

function between(most: number, random: number): number {
  return Math.round(MIN_DELAY_MS + random * (most - MIN_DELAY_MS));
}
