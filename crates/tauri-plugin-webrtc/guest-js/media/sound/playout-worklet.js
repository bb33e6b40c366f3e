// Plays what the transport gives, and asks for more in time: the sound card's clock drives both.
//
// Invariant: it imports nothing, since a worklet's script is loaded as it lies. It never holds
// more than it needs against the jitter of its own way to the transport: jitter of the network is
// the transport's to even out.

/* oxlint-disable unicorn/require-post-message-target-origin -- ports have no origins */

const PIECE = 480;
/** In pieces of 10 ms: what is kept and on its way, together, at first and when all is calm or not. */
const FIRST = 6;
const LEAST = 3;
const MOST = 24;
/** More that are kept after each time when there was none. */
const GROWTH = 2;
/** Pieces played without need before one less is kept. */
const CALM = 1000;
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
    this.worker = null;
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
      else this.begin(data);
    });
    this.port.start();
  }

  begin(worker) {
    this.worker = worker;
    worker.addEventListener('message', ({ data: { channels, samples } }) => {
      this.asked = Math.max(0, this.asked - 1);
      this.askedFor = 0;
      this.patience = PATIENCE;
      this.pieces.push(separate(samples, channels));
      // More than was asked for: a clock jumped. The oldest is the least missed.
      while (this.pieces.length > 2 * MOST) this.pieces.shift();
    });
    worker.start();
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
    const length = output[0]?.length ?? 0;
    for (let at = 0; at < length; at += 1) this.write(output, at);
    this.advance(length);
    return true;
  }

  write(output, at) {
    const piece = this.pieces[0];
    if (piece === undefined) {
      this.gain = Math.max(0, this.gain - 1 / FADE);
    } else {
      this.gain = Math.min(1, this.gain + 1 / FADE);
      this.last[0] = piece[0][this.position];
      this.last[1] = (piece[1] ?? piece[0])[this.position];
      this.position += 1;
      if (this.position === PIECE) this.next();
    }
    for (const [channel, samples] of output.entries()) samples[at] = this.last[channel] * this.gain;
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
    if (this.calm < CALM) return;
    // In ten seconds there was always one more than was needed.
    if (this.lowest > 1) this.target = Math.max(LEAST, this.target - 1);
    this.calm = 0;
    this.lowest = MOST;
  }

  advance(length) {
    this.sample += length;
    if (this.sample < PIECE) return;
    this.sample -= PIECE;
    this.played += 1;
    if (this.asked > 0) {
      this.askedFor += 1;
      if (this.askedFor > this.patience) this.asked = 0;
    }
    const missing = this.target - this.pieces.length - this.asked;
    if (missing > 0 && this.worker !== null) {
      this.asked += missing;
      this.worker.postMessage(missing);
    }
    // In milliseconds.
    if (this.played % REPORT === 0) this.port.postMessage(this.pieces.length * 10);
  }
}

function separate(samples, channels) {
  if (channels === 1) return [samples];
  const length = samples.length / channels;
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length }, (_unused, at) => samples[at * channels + channel]),
  );
}

registerProcessor('webrtc-playout', Playout);
