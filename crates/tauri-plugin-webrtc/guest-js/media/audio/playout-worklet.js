// Plays what the transport gives, and asks for more in time: the sound card's clock drives both.
//
// Invariant: it imports nothing, since a worklet's script is loaded as it lies. It never holds
// more than it needs against the jitter of its own way to the transport: jitter of the network is
// the transport's to even out.

/* oxlint-disable unicorn/require-post-message-target-origin -- ports have no origins */

const PIECE = 480;
/** Shared memory, as `ring.ts` has it: words, then samples of two channels. */
const WRITTEN = 0;
const READ = 1;
const ASKED = 2;
const HEADER = 16;
/** Pieces asked for at a time, since each message costs more than what is in it. */
const STEP = 2;
/** In pieces of 10 ms: what is kept and on its way, together, at first and when all is calm or not. */
const FIRST = 7;
const LEAST = 4;
const MOST = 24;
/** More that are kept after each time when there was none. */
const GROWTH = 2;
/** Pieces played before it is seen how many of those that were kept nobody needed; so many of them
 *  are kept all the same. While a call begins, the page is busier than it will be, and what was
 *  needed is soon forgotten. */
const CALM = 500;
const CALM_AT_FIRST = 100;
const BEGINNING = 1500;
const SPARE = 2;
/** Pieces played before what was asked for is taken for lost: at first the transport may not know
 *  this receiver, and later the page's main thread, over which these messages go, may be busy. What
 *  comes late after all is played, and less is asked for. */
const FIRST_PATIENCE = 10;
const PATIENCE = 40;
/** Pieces between two reports. */
const REPORT = 100;
/** Samples over which sound begins and ends where some is missing. */
const FADE = 96;

class Playout extends AudioWorkletProcessor {
  constructor() {
    super();
    /** The way to the worker: one of these. */
    this.worker = null;
    this.shared = null;
    /** Pieces: one `Float32Array` a channel. */
    this.pieces = [];
    this.position = 0;
    this.asked = 0;
    this.askedFor = 0;
    this.patience = FIRST_PATIENCE;
    this.target = FIRST;
    this.calm = 0;
    this.lowest = MOST;
    this.played = 0;
    this.sample = 0;
    this.gain = 0;
    this.last = [0, 0];
    this.isOver = false;
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
      this.keep(separate(samples, channels));
    });
    worker.start();
  }

  keep(pieces) {
    if (pieces.length === 0) return;
    this.asked = Math.max(0, this.asked - pieces.length);
    this.askedFor = 0;
    this.patience = PATIENCE;
    this.pieces.push(...pieces);
    // More than was asked for: a clock jumped. The oldest is the least missed.
    while (this.pieces.length > 2 * MOST) this.pieces.shift();
  }

  end() {
    this.isOver = true;
    this.worker?.close();
  }

  process(_inputs, [output]) {
    if (this.isOver) {
      // The page may let go of the context only now.
      this.port.postMessage(null);
      return false;
    }
    if (this.shared !== null) this.keep(read(this.shared));
    const length = output[0]?.length ?? 0;
    let at = 0;
    while (at < length) at += this.write(output, at, length - at);
    this.advance(length);
    return true;
  }

  /** Writes some of the samples there is room for, and gives how many. */
  write(output, at, room) {
    const piece = this.pieces[0];
    if (piece === undefined) {
      // What is not written is silence.
      if (this.gain === 0) return room;
      this.gain = Math.max(0, this.gain - 1 / FADE);
      for (const [channel, samples] of output.entries()) {
        samples[at] = this.last[channel] * this.gain;
      }
      return 1;
    }
    this.gain = Math.min(1, this.gain + 1 / FADE);
    const count = this.gain === 1 ? Math.min(room, PIECE - this.position) : 1;
    const end = this.position + count;
    for (const [channel, samples] of output.entries()) {
      const from = piece[channel] ?? piece[0];
      if (this.gain === 1) samples.set(from.subarray(this.position, end), at);
      else samples[at] = from[this.position] * this.gain;
      this.last[channel] = from[end - 1];
    }
    this.position = end;
    if (this.position === PIECE) this.next();
    return count;
  }

  next() {
    this.pieces.shift();
    this.position = 0;
    this.lowest = Math.min(this.lowest, this.pieces.length);
    if (this.pieces.length === 0) {
      this.target = Math.min(MOST, this.target + GROWTH);
      this.calm = 0;
      this.lowest = MOST;
      return;
    }
    this.calm += 1;
    if (this.calm < (this.played < BEGINNING ? CALM_AT_FIRST : CALM)) return;
    this.target = Math.max(LEAST, this.target - Math.max(0, this.lowest - SPARE));
    this.calm = 0;
    this.lowest = MOST;
  }

  advance(length) {
    this.sample += length;
    if (this.sample < STEP * PIECE) return;
    this.sample -= STEP * PIECE;
    this.played += STEP;
    if (this.asked > 0) {
      this.askedFor += STEP;
      if (this.askedFor > this.patience) this.asked = 0;
    }
    const missing = this.target - this.pieces.length - this.asked;
    if (missing > 0 && (this.worker !== null || this.shared !== null)) {
      this.asked += missing;
      if (this.shared === null) this.worker.postMessage(missing);
      else ask(this.shared, missing);
    }
    // In milliseconds.
    if (this.played % REPORT === 0) this.port.postMessage(this.pieces.length * 10);
  }
}

function share(memory) {
  return {
    words: new Int32Array(memory, 0, HEADER / 4),
    samples: new Float32Array(memory, HEADER),
  };
}

function ask({ words }, pieces) {
  Atomics.add(words, ASKED, pieces);
  Atomics.notify(words, ASKED);
}

/** All pieces that are there. */
function read({ words, samples }) {
  const begin = Atomics.load(words, READ);
  const filled = (Atomics.load(words, WRITTEN) - begin) | 0;
  const count = Math.floor(filled / (2 * PIECE));
  const pieces = Array.from({ length: count }, (_, piece) => {
    const channels = [new Float32Array(PIECE), new Float32Array(PIECE)];
    let at = begin + piece * 2 * PIECE;
    for (let sample = 0; sample < PIECE; sample += 1) {
      channels[0][sample] = samples[at & (samples.length - 1)];
      channels[1][sample] = samples[(at + 1) & (samples.length - 1)];
      at += 2;
    }
    return channels;
  });
  Atomics.add(words, READ, count * 2 * PIECE);
  return pieces;
}

/** One or more pieces, interleaved, as `Float32Array`s of each piece's channels. */
function separate(samples, channels) {
  const length = samples.length / channels;
  const apart = channels === 1 ? [samples] : deinterleave(samples, channels, length);
  return Array.from({ length: length / PIECE }, (_, piece) =>
    apart.map((channel) => channel.subarray(piece * PIECE, (piece + 1) * PIECE)),
  );
}

function deinterleave(samples, channels, length) {
  return Array.from({ length: channels }, (_, channel) => {
    const apart = new Float32Array(length);
    for (let at = 0; at < length; at += 1) apart[at] = samples[at * channels + channel];
    return apart;
  });
}

registerProcessor('webrtc-playout', Playout);
