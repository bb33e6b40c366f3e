// Samples in memory that the worker and a worklet share: one writes, the other reads. The worklets'
// scripts, which import nothing, know the same layout.
//
// Invariant: only the writer moves `WRITTEN`, after the samples are there; only the reader moves
// `READ`. What finds no room is left out.

/** Words at the beginning, counters that wrap: samples written and read, pieces of 10 ms asked for. */
export const WRITTEN = 0;
const READ = 1;
export const ASKED = 2;
/** In bytes. */
const HEADER = 16;
/** More than half a second of two channels; a power of two, as counters wrap. */
const SAMPLES = 1 << 16;

export class RingBuffer {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #samples: Float32Array<SharedArrayBuffer>;

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(HEADER + SAMPLES * Float32Array.BYTES_PER_ELEMENT);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, HEADER / Int32Array.BYTES_PER_ELEMENT);
    this.#samples = new Float32Array(memory, HEADER, SAMPLES);
  }

  /** Samples that can be read. */
  get filled(): number {
    return (Atomics.load(this.#words, WRITTEN) - Atomics.load(this.#words, READ)) | 0;
  }

  write(samples: Float32Array): void {
    if (samples.length > SAMPLES - this.filled) return;
    const [begin, first] = this.#place(WRITTEN, samples.length);
    this.#samples.set(samples.subarray(0, first), begin);
    this.#samples.set(samples.subarray(first), 0);
    Atomics.add(this.#words, WRITTEN, samples.length);
    Atomics.notify(this.#words, WRITTEN);
  }

  /** As many as are known to be there. */
  read(length: number): Float32Array<ArrayBuffer> {
    const samples = new Float32Array(length);
    const [begin, first] = this.#place(READ, length);
    samples.set(this.#samples.subarray(begin, begin + first));
    samples.set(this.#samples.subarray(0, length - first), first);
    Atomics.add(this.#words, READ, length);
    return samples;
  }

  /** Tells of each change of a word that was 0 at first, several at once as one, until it is ended
   *  by the function that is given back. */
  watch(word: typeof WRITTEN | typeof ASKED, changed: (value: number) => void): () => void {
    const words = this.#words;
    const ending = new AbortController();
    const look = async (): Promise<void> => {
      let known = 0;
      while (!ending.signal.aborted) {
        const value = Atomics.load(words, word);
        if (value === known) {
          // One after the other is the point.
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

  /** Where it begins, and how many go there before the rest goes to the beginning. */
  #place(word: typeof WRITTEN | typeof READ, length: number): [number, number] {
    const begin = Atomics.load(this.#words, word) & (SAMPLES - 1);
    return [begin, Math.min(length, SAMPLES - begin)];
  }
}
