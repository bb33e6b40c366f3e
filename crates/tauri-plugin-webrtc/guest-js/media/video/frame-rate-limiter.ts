// Selects the frames to encode when a source delivers more than needed.
//
// Invariant: at the source's own rate no frame is dropped because it arrived slightly early.

/** Share of the interval that a frame may be early. */
const MAX_EARLY_SHARE = 0.25;

export class FrameRateLimiter {
  /** Due time of the last admitted frame. */
  #last: number | null = null;

  /** `timestamp` in microseconds, `framerate` per second. A new rate applies at once. */
  admits(timestamp: number, framerate: number): boolean {
    const interval = 1_000_000 / framerate;
    const due = this.#last === null ? timestamp : this.#last + interval;
    if (timestamp < due - interval * MAX_EARLY_SHARE) return false;
    this.#last = timestamp > due + interval ? timestamp : due;
    return true;
  }
}
