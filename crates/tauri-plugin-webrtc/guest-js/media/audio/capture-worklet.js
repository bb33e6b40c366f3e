// Cuts the input into interleaved frames of 20 ms, one packet each, and passes them to the worker
// through shared memory or by messages.
//
// Invariant: no imports, because a worklet module is loaded as it is.

/* oxlint-disable unicorn/require-post-message-target-origin -- ports have no origins */

const FRAME_SAMPLES = 960;
/** Layout of `ring-buffer.ts`: counters, then samples. */
const WRITTEN = 0;
const READ = 1;
const HEADER_BYTES = 16;

class Capture extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.channels = processorOptions.channels;
    /** Channel to the worker: one of these. */
    this.worker = null;
    this.shared = null;
    this.frame = new Float32Array(FRAME_SAMPLES * this.channels);
    this.filled = 0;
    this.isEnded = false;
    this.isRunning = false;
    this.port.addEventListener('message', ({ data }) => {
      if (data === null) this.end();
      else if (data instanceof MessagePort) this.worker = data;
      else this.shared = share(data);
    });
    this.port.start();
  }

  end() {
    this.isEnded = true;
    this.worker?.close();
  }

  process([input]) {
    if (this.isEnded) {
      // From here on the page may close the context.
      this.port.postMessage(null);
      return false;
    }
    if (!this.isRunning) {
      this.isRunning = true;
      this.port.postMessage('running');
    }
    // There are no channels while nothing is connected, or after the track has ended.
    const length = input[0]?.length ?? 0;
    let at = 0;
    while (at < length) {
      const end = at + Math.min(length - at, FRAME_SAMPLES - this.filled);
      this.take(input, at, end);
      this.filled += end - at;
      if (this.filled === FRAME_SAMPLES) this.post();
      at = end;
    }
    return true;
  }

  take(input, begin, end) {
    if (this.channels === 1) {
      this.frame.set(input[0].subarray(begin, end), this.filled);
      return;
    }
    for (let channel = 0; channel < this.channels; channel += 1) {
      const samples = input[channel] ?? input[0];
      let to = this.filled * this.channels + channel;
      for (let at = begin; at < end; at += 1) {
        this.frame[to] = samples[at];
        to += this.channels;
      }
    }
  }

  post() {
    this.filled = 0;
    if (this.shared !== null) {
      write(this.shared, this.frame);
      return;
    }
    this.worker?.postMessage(this.frame, [this.frame.buffer]);
    this.frame = new Float32Array(FRAME_SAMPLES * this.channels);
  }
}

function share(memory) {
  return {
    words: new Int32Array(memory, 0, HEADER_BYTES / 4),
    samples: new Float32Array(memory, HEADER_BYTES),
  };
}

/** Drops frames that do not fit. */
function write({ words, samples }, frame) {
  const written = Atomics.load(words, WRITTEN);
  if (((written - Atomics.load(words, READ)) | 0) + frame.length > samples.length) return;
  const begin = written & (samples.length - 1);
  const first = Math.min(frame.length, samples.length - begin);
  samples.set(frame.subarray(0, first), begin);
  samples.set(frame.subarray(first), 0);
  Atomics.add(words, WRITTEN, frame.length);
  Atomics.notify(words, WRITTEN);
}

registerProcessor('webrtc-capture', Capture);
