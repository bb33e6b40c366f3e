// A ring buffer of samples in memory that the worker and a worklet share. The worklets import
// nothing and use the same layout.
//
// Invariant: only the writer advances `WRITTEN`, after it has stored the samples. Only the reader
// advances `READ`. Samples that do not fit are dropped.

/** Wrapping counters at the start: samples written, samples read, frames of 10 ms requested. */
export const WRITTEN = 0;
const READ = 1;
export const REQUESTED = 2;
/** In bytes. */
const HEADER_BYTES = 16;
/** More than half a second of two channels. A power of two, because the counters wrap. */
const CAPACITY_SAMPLES = 1 << 16;

export class RingBuffer {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #samples: Float32Array<SharedArrayBuffer>;

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(HEADER_BYTES + CAPACITY_SAMPLES * Float32Array.BYTES_PER_ELEMENT);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.#samples = new Float32Array(memory, HEADER_BYTES, CAPACITY_SAMPLES);
  }

  /** Samples available to read. */
  get filled(): number {
    return (Atomics.load(this.#words, WRITTEN) - Atomics.load(this.#words, READ)) | 0;
  }

  write(samples: Float32Array): void {
    if (samples.length > CAPACITY_SAMPLES - this.filled) return;
    const [begin, first] = this.#place(WRITTEN, samples.length);
    this.#samples.set(samples.subarray(0, first), begin);
    this.#samples.set(samples.subarray(first), 0);
    Atomics.add(this.#words, WRITTEN, samples.length);
    Atomics.notify(this.#words, WRITTEN);
  }

  /** Reads samples that are known to be available. */
  read(length: number): Float32Array<ArrayBuffer> {
    const samples = new Float32Array(length);
    const [begin, first] = this.#place(READ, length);
    samples.set(this.#samples.subarray(begin, begin + first));
    samples.set(this.#samples.subarray(0, length - first), first);
    Atomics.add(this.#words, READ, length);
    return samples;
  }

  /** Calls `changed` when a counter changes from 0 on; several changes may be one call. The
   *  returned function ends it. */
  watch(word: typeof WRITTEN | typeof REQUESTED, changed: (value: number) => void): () => void {
    const words = this.#words;
    const ending = new AbortController();
    const look = async (): Promise<void> => {
      let known = 0;
      while (!ending.signal.aborted) {
        const value = Atomics.load(words, word);
        if (value === known) {
          // Sequential by design.
          // oxlint-disable-next-line no-await-in-loop
          await Atomics.waitAsync(words, word, known).value;
          continue;
        }
        known = value;
        changed(value);
      }
    };
    void look();
    return () => {
      ending.abort();
      Atomics.notify(words, word);
    };
  }

  /** Start index, and the number of samples before the wrap. */
  #place(word: typeof WRITTEN | typeof READ, length: number): [number, number] {
    const begin = Atomics.load(this.#words, word) & (CAPACITY_SAMPLES - 1);
    return [begin, Math.min(length, CAPACITY_SAMPLES - begin)];
  }
}
