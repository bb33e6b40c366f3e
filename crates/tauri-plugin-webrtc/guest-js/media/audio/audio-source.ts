// An audio source in the worker: passes frames of 20 ms from the capture worklet to the transport,
// with their capture time.

import type { SourceCounts } from '../../ports.ts';
import type { AudioChannel } from '../../bridge/message.ts';
import type { SourceId } from '../../bridge/wire.ts';
import { CaptureClock, pageTime } from '../capture-clock.ts';
import { readCapture } from './audio-channel.ts';

const SAMPLE_RATE = 48_000;
/** Samples of a frame for each channel, as in the capture worklet. */
const FRAME_SAMPLES = 960;
/** A frame with this many samples waiting behind it is dropped. It would arrive too late to be
 *  played and delay all later frames. Creating a video encoder can block the worker that long. */
const MAX_BACKLOG_SAMPLES = 0.2 * SAMPLE_RATE;

export interface AudioFrame {
  readonly channels: number;
  /** In microseconds. */
  readonly timestamp: number;
  /** Interleaved. */
  readonly samples: Float32Array;
}

export class AudioSource {
  readonly #source: SourceId;
  readonly #stop: () => void;
  readonly #clock = new CaptureClock();
  #samples = 0;
  #level = 0;
  #energy = 0;

  constructor(
    source: SourceId,
    channels: number,
    audioChannel: AudioChannel,
    deliver: (frame: AudioFrame) => void,
  ) {
    this.#source = source;
    this.#stop = readCapture(audioChannel, FRAME_SAMPLES * channels, (samples, waiting) => {
      const length = samples.length / channels;
      // A frame arrives with its last sample. Its time is that of the first.
      const begin = pageTime() - (length / SAMPLE_RATE) * 1_000_000;
      const timestamp = this.#clock.toPageTime((this.#samples / SAMPLE_RATE) * 1_000_000, begin);
      this.#measure(samples, length);
      if (waiting / channels < MAX_BACKLOG_SAMPLES) deliver({ channels, timestamp, samples });
    });
  }

  counts(): SourceCounts {
    return {
      source: this.#source,
      audioLevel: this.#level,
      totalAudioEnergy: this.#energy,
      totalSamplesDuration: this.#samples / SAMPLE_RATE,
    };
  }

  close(): void {
    this.#stop();
  }

  /** W3C webrtc-stats, totalAudioEnergy: the squared level times the duration. */
  #measure(samples: Float32Array, length: number): void {
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    const meanSquare = samples.length === 0 ? 0 : sum / samples.length;
    this.#level = Math.min(1, Math.sqrt(meanSquare));
    this.#energy += meanSquare * (length / SAMPLE_RATE);
    this.#samples += length;
  }
}
