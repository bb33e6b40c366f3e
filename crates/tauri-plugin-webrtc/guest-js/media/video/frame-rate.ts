// Frames of the last second.

const WINDOW_US = 1_000_000;

export class FrameRate {
  readonly #times: number[] = [];

  /** `now` in microseconds. */
  count(now: number): void {
    this.#times.push(now);
    this.#forget(now);
  }

  at(now: number): number {
    this.#forget(now);
    return this.#times.length;
  }

  #forget(now: number): void {
    while ((this.#times[0] ?? now) <= now - WINDOW_US) this.#times.shift();
  }
}
