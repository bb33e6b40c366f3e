// Maps the clock of a source (samples or frames) to the page's monotonic clock, so that audio and
// video captured together have the same time.
//
// Invariant: times increase. Delayed delivery does not change the capture time. Clock drift is
// followed without a jump.

/** The minimum delay of a window gives the offset of the two clocks. */
const WINDOW_US = 500_000;
/** A larger difference means that the source's clock jumped. */
const MAX_DRIFT_US = 150_000;
/** Share of the drift that each frame corrects. */
const CORRECTION_PER_FRAME = 0.05;

export class CaptureClock {
  #offset: number | null = null;
  /** Start of the window, its minimum offset, and that of the previous window. */
  #begin = -Infinity;
  #min = 0;
  #previousMin = 0;
  #last = -1;

  /** In microseconds. `sourceTime` is the source's time, `now` the page's time at arrival. */
  toPageTime(sourceTime: number, now: number): number {
    const min = this.#windowedMin(now - sourceTime, now);
    const offset = this.#offset ?? min;
    const drift = min - offset;
    this.#offset = Math.abs(drift) > MAX_DRIFT_US ? min : offset + drift * CORRECTION_PER_FRAME;
    this.#last = Math.max(this.#last + 1, Math.round(sourceTime + this.#offset));
    return this.#last;
  }

  #windowedMin(offset: number, now: number): number {
    const age = now - this.#begin;
    if (age < WINDOW_US) {
      this.#min = Math.min(this.#min, offset);
    } else {
      // An older window says nothing about now.
      this.#previousMin = age < 2 * WINDOW_US ? this.#min : offset;
      this.#min = offset;
      this.#begin = now;
    }
    return Math.min(this.#min, this.#previousMin);
  }
}

/** The page's monotonic clock in microseconds, the same in all its threads. */
export function pageTime(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}
