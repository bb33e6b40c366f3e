// Maps a source's own time (of its samples or frames) onto the page's monotonic clock, so that
// picture and sound of one moment get one time.
//
// Invariant: times only grow. What was held up on its way was captured no later, however many were;
// a clock that runs faster or slower than the page's is followed without a jump.

/** In microseconds: what comes quickest in it tells how the two clocks stand. */
const WINDOW = 500_000;
/** In microseconds: where they have come apart by this, the source's has jumped. */
const GAP = 150_000;
/** How much of what they have come apart is taken up with each piece. */
const GAIN = 0.05;

export class CaptureClock {
  #offset: number | null = null;
  /** When this window began, the least offset in it and in the one before. */
  #begin = -Infinity;
  #least = 0;
  #leastBefore = 0;
  #last = -1;

  /** All three in microseconds: `own` is the source's time, `now` the page's at arrival. */
  at(own: number, now: number): number {
    const least = this.#leastOf(now - own, now);
    const offset = this.#offset ?? least;
    const apart = least - offset;
    this.#offset = Math.abs(apart) > GAP ? least : offset + apart * GAIN;
    this.#last = Math.max(this.#last + 1, Math.round(own + this.#offset));
    return this.#last;
  }

  #leastOf(found: number, now: number): number {
    const age = now - this.#begin;
    if (age < WINDOW) {
      this.#least = Math.min(this.#least, found);
    } else {
      // What is older says nothing any more.
      this.#leastBefore = age < 2 * WINDOW ? this.#least : found;
      this.#least = found;
      this.#begin = now;
    }
    return Math.min(this.#least, this.#leastBefore);
  }
}

/** The page's monotonic clock in microseconds, the same in all its threads. */
export function pageTime(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}
