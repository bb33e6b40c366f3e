// How much smaller a picture must be than wished, so that this computer keeps up with coding it.
//
// Invariant: it gets smaller soon and larger slowly, a step at a time; a size that was too much is
// tried again ever later. Time is an argument.

/** What became of a frame that was meant to be coded. */
export type Outcome = 'taken' | 'refused';

/** In microseconds: what is judged together. */
const WINDOW = 2_000_000;
/** In fewer frames no share can be seen. */
const LEAST_FRAMES = 10;
/** Shares of the frames that were refused. */
const TOO_MANY = 0.25;
const HARDLY_ANY = 0.05;
/** Each side is divided by one of these. */
const STEPS = [1, 4 / 3, 1.5, 2, 3, 4] as const;
/** Windows without trouble before a larger picture is tried. */
const PATIENCE = 4;
const MOST_PATIENCE = 32;

export class CpuAdaptation {
  #step = 0;
  #calm = 0;
  #patience = PATIENCE;
  /** Whether the step was made larger, and has not proven itself since. */
  #isOnTrial = false;
  #begun: number | null = null;
  #frames = 0;
  #refused = 0;

  /** At least 1. */
  get scaleDownBy(): number {
    return STEPS[this.#step] ?? 1;
  }

  /** `timestamp` of the frame, in microseconds. */
  count(timestamp: number, outcome: Outcome): void {
    const begun = (this.#begun ??= timestamp);
    if (timestamp - begun >= WINDOW) {
      this.#judge();
      this.#begun = timestamp;
      this.#frames = 0;
      this.#refused = 0;
    }
    this.#frames += 1;
    if (outcome === 'refused') this.#refused += 1;
  }

  #judge(): void {
    if (this.#frames < LEAST_FRAMES) return;
    const share = this.#refused / this.#frames;
    if (share >= TOO_MANY) {
      if (this.#isOnTrial) this.#patience = Math.min(MOST_PATIENCE, this.#patience * 2);
      this.#step = Math.min(STEPS.length - 1, this.#step + 1);
      this.#isOnTrial = false;
      this.#calm = 0;
      return;
    }
    this.#calm = share < HARDLY_ANY ? this.#calm + 1 : 0;
    if (this.#calm < this.#patience) return;
    this.#calm = 0;
    if (this.#isOnTrial) this.#patience = PATIENCE;
    if (this.#step === 0) return;
    this.#step -= 1;
    this.#isOnTrial = true;
  }
}
