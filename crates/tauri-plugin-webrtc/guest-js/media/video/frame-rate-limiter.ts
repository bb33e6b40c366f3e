// Which frames of a source are coded when fewer are wanted than it gives.
//
// Invariant: at a rate that the source just keeps, none is left out because it came a little early.

/** The part of an interval by which a frame may come early. */
const EARLY = 0.25;

export class FrameRateLimiter {
  /** When the last one that was admitted was due. */
  #last: number | null = null;

  /** `timestamp` in microseconds, `framerate` in frames a second; another rate counts at once. */
  admits(timestamp: number, framerate: number): boolean {
    const interval = 1_000_000 / framerate;
    const due = this.#last === null ? timestamp : this.#last + interval;
    if (timestamp < due - interval * EARLY) return false;
    this.#last = timestamp > due + interval ? timestamp : due;
    return true;
  }
}
