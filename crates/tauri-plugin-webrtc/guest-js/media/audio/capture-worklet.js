// Cuts what it hears into pieces of 20 ms, which is one packet, and gives them to the worker,
// interleaved: in shared memory, or by messages.
//
// Invariant: it imports nothing, since a worklet's script is loaded as it lies.

/* oxlint-disable unicorn/require-post-message-target-origin -- ports have no origins */

const PIECE = 960;
/** Shared memory, as `ring.ts` has it: words, then samples. */
const WRITTEN = 0;
const READ = 1;
const HEADER = 16;

class Capture extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.channels = processorOptions.channels;
    /** The way to the worker: one of these. */
    this.worker = null;
    this.shared = null;
    this.piece = new Float32Array(PIECE * this.channels);
    this.filled = 0;
    this.isOver = false;
    this.isRunning = false;
    this.port.addEventListener('message', ({ data }) => {
      if (data === null) this.end();
      else if (data instanceof MessagePort) this.worker = data;
      else this.shared = share(data);
    });
    this.port.start();
  }

  end() {
    this.isOver = true;
    this.worker?.close();
  }

  process([input]) {
    if (this.isOver) {
      // The page may let go of the context only now.
      this.port.postMessage(null);
      return false;
    }
    if (!this.isRunning) {
      this.isRunning = true;
      this.port.postMessage('running');
    }
    // No channels while nothing is connected, or the track is over.
    const length = input[0]?.length ?? 0;
    let at = 0;
    while (at < length) {
      const end = at + Math.min(length - at, PIECE - this.filled);
      this.take(input, at, end);
      this.filled += end - at;
      if (this.filled === PIECE) this.post();
      at = end;
    }
    return true;
  }

  take(input, begin, end) {
    if (this.channels === 1) {
      this.piece.set(input[0].subarray(begin, end), this.filled);
      return;
    }
    for (let channel = 0; channel < this.channels; channel += 1) {
      const samples = input[channel] ?? input[0];
      let to = this.filled * this.channels + channel;
      for (let at = begin; at < end; at += 1) {
        this.piece[to] = samples[at];
        to += this.channels;
      }
    }
  }

  post() {
    this.filled = 0;
    if (this.shared !== null) {
      write(this.shared, this.piece);
      return;
    }
    this.worker?.postMessage(this.piece, [this.piece.buffer]);
    this.piece = new Float32Array(PIECE * this.channels);
  }
}

function share(memory) {
  return {
    words: new Int32Array(memory, 0, HEADER / 4),
    samples: new Float32Array(memory, HEADER),
  };
}

/** What finds no room is left out. */
function write({ words, samples }, piece) {
  const written = Atomics.load(words, WRITTEN);
  if (((written - Atomics.load(words, READ)) | 0) + piece.length > samples.length) return;
  const begin = written & (samples.length - 1);
  const first = Math.min(piece.length, samples.length - begin);
  samples.set(piece.subarray(0, first), begin);
  samples.set(piece.subarray(first), 0);
  Atomics.add(words, WRITTEN, piece.length);
  Atomics.notify(words, WRITTEN);
}

registerProcessor('webrtc-capture', Capture);
