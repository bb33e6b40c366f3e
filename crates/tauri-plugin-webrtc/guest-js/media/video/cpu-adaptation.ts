// Scales video down when the encoder cannot keep up.
//
// Invariant: scales down soon and up slowly, one step at a time. After a failed step up the next
// attempt waits longer. Time is an argument.

/** Whether the encoder took a frame. */
export type Outcome = 'encoded' | 'dropped';

/** Length of a measurement. */
const WINDOW_US = 2_000_000;
/** Fewer frames give no reliable share. */
const MIN_FRAMES = 10;
/** Shares of dropped frames: above the first it scales down, below the second it may scale up. */
const MAX_DROPPED_SHARE = 0.25;
const GOOD_DROPPED_SHARE = 0.05;
/** Divisors of width and height. */
const SCALES = [1, 4 / 3, 1.5, 2, 3, 4] as const;
/** Good windows before it scales up. */
const WINDOWS_BEFORE_UPSCALE = 4;
const MAX_WINDOWS_BEFORE_UPSCALE = 32;

export class CpuAdaptation {
  #scale = 0;
  #goodWindows = 0;
  #windowsBeforeUpscale = WINDOWS_BEFORE_UPSCALE;
  /** The last step was up, and no window has confirmed it yet. */
  #isProbing = false;
  #windowStart: number | null = null;
  #frames = 0;
  #dropped = 0;

  /** At least 1. */
  get scaleDownBy(): number {
    return SCALES[this.#scale] ?? 1;
  }

  /** `timestamp` of the frame in microseconds. */
  count(timestamp: number, outcome: Outcome): void {
    const start = (this.#windowStart ??= timestamp);
    if (timestamp - start >= WINDOW_US) {
      this.#judge();
      this.#windowStart = timestamp;
      this.#frames = 0;
      this.#dropped = 0;
    }
    this.#frames += 1;
    if (outcome === 'dropped') this.#dropped += 1;
  }

  #judge(): void {
    if (this.#frames < MIN_FRAMES) return;
    const share = this.#dropped / this.#frames;
    if (share >= MAX_DROPPED_SHARE) {
      if (this.#isProbing)
        this.#windowsBeforeUpscale = Math.min(
          MAX_WINDOWS_BEFORE_UPSCALE,
          this.#windowsBeforeUpscale * 2,
        );
      this.#scale = Math.min(SCALES.length - 1, this.#scale + 1);
      this.#isProbing = false;
      this.#goodWindows = 0;
      return;
    }
    this.#goodWindows = share < GOOD_DROPPED_SHARE ? this.#goodWindows + 1 : 0;
    if (this.#goodWindows < this.#windowsBeforeUpscale) return;
    this.#goodWindows = 0;
    if (this.#isProbing) this.#windowsBeforeUpscale = WINDOWS_BEFORE_UPSCALE;
    if (this.#scale === 0) return;
    this.#scale -= 1;
    this.#isProbing = true;
  }
}
