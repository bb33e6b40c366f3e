// Maps a source's own time (of its samples or frames) onto the page's monotonic clock, so that
// picture and sound of one moment get one time.
//
// Invariant: times only grow. Jitter of arrival is smoothed, drift between the two clocks is
// followed, and only a real gap makes a jump.

/** In microseconds: a gap, not jitter. */
const GAP = 150_000;
/** How much of an error is taken back with each piece. What came late was held up on its way; what
 *  came earlier than ever tells the true time. */
const LATE_GAIN = 0.001;
const EARLY_GAIN = 0.05;

export class CaptureClock {
  #offset: number | null = null;
  #last = -1;

  /** All three in microseconds: `own` is the source's time, `now` the page's at arrival. */
  at(own: number, now: number): number {
    const found = now - own;
    if (this.#offset === null || Math.abs(found - this.#offset) > GAP) this.#offset = found;
    else this.#offset += (found - this.#offset) * (found > this.#offset ? LATE_GAIN : EARLY_GAIN);
    this.#last = Math.max(this.#last + 1, Math.round(own + this.#offset));
    return this.#last;
  }
}

/** The page's monotonic clock in microseconds, the same in all its threads. */
export function pageTime(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}
