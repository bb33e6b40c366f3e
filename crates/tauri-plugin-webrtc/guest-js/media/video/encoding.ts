// One running encoder: a video source with the settings of the transport, scaled down as far as
// this computer needs.
//
// Invariant: no queue builds up. A frame is dropped while others wait in the encoder, or while the
// bridge is congested. A requested key frame is not lost by that. Frames that were encoded for a
// previous output are not delivered.

import type { EncodingCounts } from '../../ports.ts';
import type { EncodingSettings } from '../../bridge/wire.ts';
import { pageTime } from '../capture-clock.ts';
import { type EncoderSettings, rtpConverter, encoderConfig } from './codec-config.ts';
import { CpuAdaptation } from './cpu-adaptation.ts';
import { FrameRateLimiter } from './frame-rate-limiter.ts';
import { FrameRate } from './frame-rate.ts';

/** More frames in the encoder: the next one is dropped. */
const MAX_QUEUED_FRAMES = 2;
/** A larger picture, as of an 8K screen, is sent smaller: receivers decode no more (H.264 level 5.2),
 *  and computers that encode without a graphics processor hardly do. */
const MAX_PIXELS = 4096 * 2304;
/** Consecutive failures after which it stops. */
const MAX_FAILURES = 5;

export interface EncodedFrame {
  readonly chunk: EncodedVideoChunk;
  readonly width: number;
  readonly height: number;
}

export interface EncoderOutput {
  readonly isCongested: boolean;
  encoded(frame: EncodedFrame): void;
}

/** The counters without the encoding's id. */
export type EncoderCounts = Omit<EncodingCounts, 'encoding'>;

export class Encoding {
  #output: EncoderOutput;
  readonly #frameRateLimiter = new FrameRateLimiter();
  readonly #cpuAdaptation = new CpuAdaptation();
  readonly #rate = new FrameRate();
  #settings: EncodingSettings;
  #encoder: VideoEncoder | null = null;
  #configured: EncoderSettings | null = null;
  #needsKeyFrame = true;
  #failures = 0;
  /** Start of the encoding of each frame, by timestamp, in microseconds. */
  readonly #startTimes = new Map<number, number>();
  #framesEncoded = 0;
  #keyFramesEncoded = 0;
  #encodeTime = 0;

  constructor(settings: EncodingSettings, output: EncoderOutput) {
    this.#settings = settings;
    this.#output = output;
  }

  change(settings: EncodingSettings): void {
    if (settings.codec !== this.#settings.codec) this.#drop();
    this.#settings = settings;
  }

  /** Encodes for another output from the next frame on, with new counters and a key frame. */
  redirect(output: EncoderOutput): void {
    this.#output = output;
    this.#needsKeyFrame = true;
    this.#startTimes.clear();
    this.#framesEncoded = 0;
    this.#keyFramesEncoded = 0;
    this.#encodeTime = 0;
  }

  requestKeyFrame(): void {
    this.#needsKeyFrame = true;
  }

  /** Does not close the frame. Its timestamp is its capture time. */
  handleFrame(frame: VideoFrame): void {
    if (this.#failures > MAX_FAILURES) return;
    if (!this.#frameRateLimiter.admits(frame.timestamp, this.#settings.maxFramerate)) return;
    if (this.#output.isCongested) return;
    const isFull = (this.#encoder?.encodeQueueSize ?? 0) >= MAX_QUEUED_FRAMES;
    this.#cpuAdaptation.count(frame.timestamp, isFull ? 'dropped' : 'encoded');
    if (isFull) return;
    const encoder = this.#encoder ?? this.#make();
    try {
      this.#configure(encoder, this.#settingsFor(frame));
      this.#startTimes.set(frame.timestamp, pageTime());
      encoder.encode(frame, { keyFrame: this.#needsKeyFrame });
      this.#needsKeyFrame = false;
    } catch {
      this.#fail();
    }
  }

  counts(): EncoderCounts {
    return {
      codec: this.#settings.codec,
      framesEncoded: this.#framesEncoded,
      keyFramesEncoded: this.#keyFramesEncoded,
      frameWidth: this.#configured?.width ?? 0,
      frameHeight: this.#configured?.height ?? 0,
      framesPerSecond: this.#rate.at(pageTime()),
      totalEncodeTime: this.#encodeTime / 1_000_000,
      encoderImplementation: 'WebCodecs',
      ...(this.#cpuAdaptation.scaleDownBy > 1 ? { qualityLimitationReason: 'cpu' } : {}),
    };
  }

  close(): void {
    this.#drop();
  }

  #make(): VideoEncoder {
    const convert = rtpConverter(this.#settings.codec);
    const encoder = new VideoEncoder({
      output: (coded, metadata) => {
        if (this.#encoder !== encoder) return;
        const chunk = convert(coded, metadata);
        if (chunk === null) this.#fail();
        else this.#handleChunk(chunk);
      },
      error: () => {
        if (this.#encoder === encoder) this.#fail();
      },
    });
    this.#encoder = encoder;
    return encoder;
  }

  #settingsFor(frame: VideoFrame): EncoderSettings {
    const { codec, bitrate, maxFramerate } = this.#settings;
    const wanted = this.#settings.scaleDownBy * this.#cpuAdaptation.scaleDownBy;
    const needed = Math.sqrt((frame.displayWidth * frame.displayHeight) / MAX_PIXELS);
    const scaleDownBy = Math.max(wanted, needed);
    return {
      codec,
      width: scaled(frame.displayWidth, scaleDownBy),
      height: scaled(frame.displayHeight, scaleDownBy),
      bitrate,
      framerate: maxFramerate,
    };
  }

  /** Only a change of size needs a key frame. The encoder scales by itself. */
  #configure(encoder: VideoEncoder, wanted: EncoderSettings): void {
    const now = this.#configured;
    const isSame =
      now !== null &&
      now.width === wanted.width &&
      now.height === wanted.height &&
      now.bitrate === wanted.bitrate &&
      now.framerate === wanted.framerate;
    if (isSame) return;
    if (now !== null && (now.width !== wanted.width || now.height !== wanted.height)) {
      this.#needsKeyFrame = true;
    }
    encoder.configure(encoderConfig(wanted));
    this.#configured = wanted;
  }

  #handleChunk(chunk: EncodedVideoChunk): void {
    if (this.#configured === null) return;
    const started = this.#startTimes.get(chunk.timestamp);
    if (started === undefined) return;
    const { width, height } = this.#configured;
    const now = pageTime();
    this.#failures = 0;
    this.#framesEncoded += 1;
    this.#rate.count(now);
    if (chunk.type === 'key') this.#keyFramesEncoded += 1;
    this.#encodeTime += now - started;
    // Chunks come in order. The encoder dropped the older frames.
    for (const timestamp of this.#startTimes.keys()) {
      if (timestamp <= chunk.timestamp) this.#startTimes.delete(timestamp);
    }
    this.#output.encoded({ chunk, width, height });
  }

  #fail(): void {
    this.#failures += 1;
    this.#drop();
  }

  #drop(): void {
    if (this.#encoder !== null && this.#encoder.state !== 'closed') this.#encoder.close();
    this.#encoder = null;
    this.#configured = null;
    this.#needsKeyFrame = true;
    this.#startTimes.clear();
  }
}

/** Even, as 4:2:0 requires. */
function scaled(length: number, by: number): number {
  return Math.max(2, Math.floor(length / Math.max(1, by) / 2) * 2);
}
