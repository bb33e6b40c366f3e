// How evenly pictures are shown, as W3C webrtc-stats counts it.
//
// Invariant: a freeze is an interval longer than both three times the mean of the last thirty and
// that mean and 150 ms (webrtc-stats, freezeCount).

const REMEMBERED = 30;
const TO_SECONDS = 1_000_000;
const FREEZE = 150_000;

export class FreezeStats {
  totalInterFrameDelay = 0;
  totalSquaredInterFrameDelay = 0;
  freezeCount = 0;
  totalFreezesDuration = 0;
  #last: number | null = null;
  readonly #intervals: number[] = [];

  /** A picture is shown. `now` in microseconds. */
  count(now: number): void {
    const last = this.#last;
    this.#last = now;
    if (last === null) return;
    const interval = now - last;
    this.totalInterFrameDelay += interval / TO_SECONDS;
    this.totalSquaredInterFrameDelay += (interval / TO_SECONDS) ** 2;
    if (this.#isFreeze(interval)) {
      this.freezeCount += 1;
      this.totalFreezesDuration += interval / TO_SECONDS;
    }
    this.#intervals.push(interval);
    if (this.#intervals.length > REMEMBERED) this.#intervals.shift();
  }

  #isFreeze(interval: number): boolean {
    const { length } = this.#intervals;
    if (length < REMEMBERED) return false;
    const mean = this.#intervals.reduce((sum, each) => sum + each, 0) / length;
    return interval > Math.max(3 * mean, mean + FREEZE);
  }
}
