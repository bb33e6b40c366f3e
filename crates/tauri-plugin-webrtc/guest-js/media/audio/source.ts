// A sound source in the worker: pieces of 20 ms from the capture worklet, on their way to the
// transport, with the time they were captured.

import type { SourceCounts } from '../../ports.ts';
import type { AudioChannel } from '../../bridge/message.ts';
import type { SourceId } from '../../bridge/wire.ts';
import { CaptureClock, pageTime } from '../capture-clock.ts';
import { readCapture } from './audio-channel.ts';

const RATE = 48_000;
/** The capture worklet's, in frames. */
const PIECE = 960;
/** In frames: sound that so much waits behind (a coder of pictures was made meanwhile) would come
 *  too late to be played, and make all that follows wait. */
const TOO_LATE = 0.2 * RATE;

export interface AudioFrame {
  readonly channels: number;
  /** In microseconds. */
  readonly timestamp: number;
  /** Interleaved. */
  readonly samples: Float32Array;
}

export class AudioSource {
  readonly #source: SourceId;
  readonly #unhear: () => void;
  readonly #clock = new CaptureClock();
  #frames = 0;
  #level = 0;
  #energy = 0;

  constructor(
    source: SourceId,
    channels: number,
    way: AudioChannel,
    deliver: (piece: AudioFrame) => void,
  ) {
    this.#source = source;
    this.#unhear = readCapture(way, PIECE * channels, (samples, waiting) => {
      const length = samples.length / channels;
      // It is there when its last sample is; its time is that of the first.
      const begin = pageTime() - (length / RATE) * 1_000_000;
      const timestamp = this.#clock.at((this.#frames / RATE) * 1_000_000, begin);
      this.#measure(samples, length);
      if (waiting / channels < TOO_LATE) deliver({ channels, timestamp, samples });
    });
  }

  counts(): SourceCounts {
    return {
      source: this.#source,
      audioLevel: this.#level,
      totalAudioEnergy: this.#energy,
      totalSamplesDuration: this.#frames / RATE,
    };
  }

  close(): void {
    this.#unhear();
  }

  /** W3C webrtc-stats, totalAudioEnergy: the square of the level, times its duration. */
  #measure(samples: Float32Array, frames: number): void {
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    const meanSquare = samples.length === 0 ? 0 : sum / samples.length;
    this.#level = Math.min(1, Math.sqrt(meanSquare));
    this.#energy += meanSquare * (frames / RATE);
    this.#frames += frames;
  }
}
