// Plays the transport's audio and requests more in time. The clock of the sound card drives both.
//
// Invariant: no imports, because a worklet module is loaded as it is. It buffers only for the
// jitter between transport and worklet. The transport's jitter buffer handles network jitter.

/* oxlint-disable unicorn/require-post-message-target-origin -- ports have no origins */

const FRAME_SAMPLES = 480;
/** Layout of `ring-buffer.ts`: counters, then samples of two channels. */
const WRITTEN = 0;
const READ = 1;
const REQUESTED = 2;
const HEADER_BYTES = 16;
/** Frames of a request. A message costs more than its content. */
const REQUEST_FRAMES = 2;
/** Target of buffered and requested frames together: at first, minimum and maximum. */
const FIRST_TARGET_FRAMES = 7;
const MIN_TARGET_FRAMES = 4;
const MAX_TARGET_FRAMES = 24;
/** Growth of the target after each underrun. */
const UNDERRUN_GROWTH_FRAMES = 2;
/** Played frames after which the target shrinks by the frames that were never needed, except a
 *  reserve. In the first seconds the page is busier, so the window is shorter. */
const WINDOW_FRAMES = 500;
const FIRST_WINDOW_FRAMES = 100;
const START_FRAMES = 1500;
const RESERVE_FRAMES = 2;
/** Played frames after which an unanswered request counts as lost. At first the transport may
 *  not know the receiver. Later the main thread, which carries these messages, may be busy.
 *  Late frames are still played, and fewer are requested. */
const FIRST_REQUEST_TIMEOUT_FRAMES = 10;
const REQUEST_TIMEOUT_FRAMES = 40;
/** Played frames between two reports. */
const REPORT_INTERVAL_FRAMES = 100;
/** Length of the fade around a gap. */
const FADE_SAMPLES = 96;

class Playout extends AudioWorkletProcessor {
  constructor() {
    super();
    /** Channel to the worker: one of these. */
    this.worker = null;
    this.shared = null;
    /** Frames of 10 ms: one `Float32Array` for each channel. */
    this.frames = [];
    this.position = 0;
    this.requested = 0;
    this.requestAge = 0;
    this.requestTimeout = FIRST_REQUEST_TIMEOUT_FRAMES;
    this.target = FIRST_TARGET_FRAMES;
    this.windowFrames = 0;
    this.minBuffered = MAX_TARGET_FRAMES;
    this.played = 0;
    this.sample = 0;
    this.gain = 0;
    this.last = [0, 0];
    this.isEnded = false;
    this.port.addEventListener('message', ({ data }) => {
      if (data === null) this.end();
      else if (data instanceof MessagePort) this.begin(data);
      else this.shared = share(data);
    });
    this.port.start();
  }

  begin(worker) {
    this.worker = worker;
    worker.addEventListener('message', ({ data: { channels, samples } }) => {
      this.enqueue(separate(samples, channels));
    });
    worker.start();
  }

  enqueue(frames) {
    if (frames.length === 0) return;
    this.requested = Math.max(0, this.requested - frames.length);
    this.requestAge = 0;
    this.requestTimeout = REQUEST_TIMEOUT_FRAMES;
    this.frames.push(...frames);
    // Too many frames: a clock jumped. The oldest are dropped.
    while (this.frames.length > 2 * MAX_TARGET_FRAMES) this.frames.shift();
  }

  end() {
    this.isEnded = true;
    this.worker?.close();
  }

  process(_inputs, [output]) {
    if (this.isEnded) {
      // From here on the page may close the context.
      this.port.postMessage(null);
      return false;
    }
    if (this.shared !== null) this.enqueue(read(this.shared));
    const length = output[0]?.length ?? 0;
    let at = 0;
    while (at < length) at += this.write(output, at, length - at);
    this.advance(length);
    return true;
  }

  /** Writes up to `room` samples and returns their number. */
  write(output, at, room) {
    const frame = this.frames[0];
    if (frame === undefined) {
      // Unwritten samples are silence.
      if (this.gain === 0) return room;
      this.gain = Math.max(0, this.gain - 1 / FADE_SAMPLES);
      for (const [channel, samples] of output.entries()) {
        samples[at] = this.last[channel] * this.gain;
      }
      return 1;
    }
    this.gain = Math.min(1, this.gain + 1 / FADE_SAMPLES);
    const count = this.gain === 1 ? Math.min(room, FRAME_SAMPLES - this.position) : 1;
    const end = this.position + count;
    for (const [channel, samples] of output.entries()) {
      const from = frame[channel] ?? frame[0];
      if (this.gain === 1) samples.set(from.subarray(this.position, end), at);
      else samples[at] = from[this.position] * this.gain;
      this.last[channel] = from[end - 1];
    }
    this.position = end;
    if (this.position === FRAME_SAMPLES) this.next();
    return count;
  }

  next() {
    this.frames.shift();
    this.position = 0;
    this.minBuffered = Math.min(this.minBuffered, this.frames.length);
    if (this.frames.length === 0) {
      this.target = Math.min(MAX_TARGET_FRAMES, this.target + UNDERRUN_GROWTH_FRAMES);
      this.windowFrames = 0;
      this.minBuffered = MAX_TARGET_FRAMES;
      return;
    }
    this.windowFrames += 1;
    if (this.windowFrames < (this.played < START_FRAMES ? FIRST_WINDOW_FRAMES : WINDOW_FRAMES))
      return;
    this.target = Math.max(
      MIN_TARGET_FRAMES,
      this.target - Math.max(0, this.minBuffered - RESERVE_FRAMES),
    );
    this.windowFrames = 0;
    this.minBuffered = MAX_TARGET_FRAMES;
  }

  advance(length) {
    this.sample += length;
    if (this.sample < REQUEST_FRAMES * FRAME_SAMPLES) return;
    this.sample -= REQUEST_FRAMES * FRAME_SAMPLES;
    this.played += REQUEST_FRAMES;
    if (this.requested > 0) {
      this.requestAge += REQUEST_FRAMES;
      if (this.requestAge > this.requestTimeout) this.requested = 0;
    }
    const missing = this.target - this.frames.length - this.requested;
    if (missing > 0 && (this.worker !== null || this.shared !== null)) {
      this.requested += missing;
      if (this.shared === null) this.worker.postMessage(missing);
      else request(this.shared, missing);
    }
    // In milliseconds.
    if (this.played % REPORT_INTERVAL_FRAMES === 0) this.port.postMessage(this.frames.length * 10);
  }
}

function share(memory) {
  return {
    words: new Int32Array(memory, 0, HEADER_BYTES / 4),
    samples: new Float32Array(memory, HEADER_BYTES),
  };
}

function request({ words }, frames) {
  Atomics.add(words, REQUESTED, frames);
  Atomics.notify(words, REQUESTED);
}

/** All available frames. */
function read({ words, samples }) {
  const begin = Atomics.load(words, READ);
  const filled = (Atomics.load(words, WRITTEN) - begin) | 0;
  const count = Math.floor(filled / (2 * FRAME_SAMPLES));
  const frames = Array.from({ length: count }, (_, frame) => {
    const channels = [new Float32Array(FRAME_SAMPLES), new Float32Array(FRAME_SAMPLES)];
    let at = begin + frame * 2 * FRAME_SAMPLES;
    for (let sample = 0; sample < FRAME_SAMPLES; sample += 1) {
      channels[0][sample] = samples[at & (samples.length - 1)];
      channels[1][sample] = samples[(at + 1) & (samples.length - 1)];
      at += 2;
    }
    return channels;
  });
  Atomics.add(words, READ, count * 2 * FRAME_SAMPLES);
  return frames;
}

/** Splits interleaved samples into frames of one `Float32Array` for each channel. */
function separate(samples, channels) {
  const length = samples.length / channels;
  const separated = channels === 1 ? [samples] : deinterleave(samples, channels, length);
  return Array.from({ length: length / FRAME_SAMPLES }, (_, frame) =>
    separated.map((channel) =>
      channel.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES),
    ),
  );
}

function deinterleave(samples, channels, length) {
  return Array.from({ length: channels }, (_, channel) => {
    const separated = new Float32Array(length);
    for (let at = 0; at < length; at += 1) separated[at] = samples[at * channels + channel];
    return separated;
  });
}

registerProcessor('webrtc-playout', Playout);
