// Inter-frame delays and freezes (W3C webrtc-stats).
//
// Invariant: a freeze is an interval above max(3 × mean, mean + 150 ms), with the mean of the last
// 30 intervals (webrtc-stats, freezeCount).

const WINDOW_FRAMES = 30;
const US_PER_SECOND = 1_000_000;
const FREEZE_MARGIN_US = 150_000;

export class FreezeStats {
  totalInterFrameDelay = 0;
  totalSquaredInterFrameDelay = 0;
  freezeCount = 0;
  totalFreezesDuration = 0;
  #last: number | null = null;
  readonly #intervals: number[] = [];

  /** Call when a frame is shown. `now` in microseconds. */
  count(now: number): void {
    const last = this.#last;
    this.#last = now;
    if (last === null) return;
    const interval = now - last;
    this.totalInterFrameDelay += interval / US_PER_SECOND;
    this.totalSquaredInterFrameDelay += (interval / US_PER_SECOND) ** 2;
    if (this.#isFreeze(interval)) {
      this.freezeCount += 1;
      this.totalFreezesDuration += interval / US_PER_SECOND;
    }
    this.#intervals.push(interval);
    if (this.#intervals.length > WINDOW_FRAMES) this.#intervals.shift();
  }

  #isFreeze(interval: number): boolean {
    const { length } = this.#intervals;
    if (length < WINDOW_FRAMES) return false;
    const mean = this.#intervals.reduce((sum, each) => sum + each, 0) / length;
    return interval > Math.max(3 * mean, mean + FREEZE_MARGIN_US);
  }
}
