// Which frames of a source are coded when fewer are wanted than it gives.
//
// Invariant: at a rate that the source just keeps, none is left out because it came a little early.

/** The part of an interval by which a frame may come early. */
const EARLY = 0.25;

export class Pace {
  #due: number | null = null;

  /** `timestamp` in microseconds, `framerate` in frames a second. */
  admits(timestamp: number, framerate: number): boolean {
    const interval = 1_000_000 / framerate;
    const due = this.#due ?? timestamp;
    if (timestamp < due - interval * EARLY) return false;
    this.#due = timestamp > due + interval ? timestamp + interval : due + interval;
    return true;
  }
}
