// One running encoder: a video source at one quality, as the transport wishes it and as large as
// this computer can code it.
//
// Invariant: it never queues up. A frame that comes while others wait is left out, and so is one
// that the bridge could not carry; a key frame that was asked for is not lost by that. What was coded
// for nobody is told to nobody.

import type { EncodingCounts } from '../../ports.ts';
import type { EncodingSettings } from '../../bridge/wire.ts';
import { pageTime } from '../capture-clock.ts';
import { type EncoderWish, asRtpHasIt, encoderConfig } from './codec.ts';
import { CpuAdaptation } from './cpu-adaptation.ts';
import { FrameRateLimiter } from './frame-rate-limiter.ts';
import { Rate } from './rate.ts';

/** Frames in the encoder before one is left out. */
const MOST_WAITING = 2;
/** In a row; then it gives up. */
const MOST_FAILURES = 5;

export interface EncodedFrame {
  readonly chunk: EncodedVideoChunk;
  readonly width: number;
  readonly height: number;
}

export interface EncodingOutlet {
  readonly isCongested: boolean;
  encoded(frame: EncodedFrame): void;
}

/** What is counted, but for whom. */
export type CodedCounts = Omit<EncodingCounts, 'encoding'>;

export class Encoding {
  #outlet: EncodingOutlet;
  readonly #pace = new FrameRateLimiter();
  readonly #load = new CpuAdaptation();
  readonly #rate = new Rate();
  #settings: EncodingSettings;
  #encoder: VideoEncoder | null = null;
  #configured: EncoderWish | null = null;
  #isKeyWanted = true;
  #failures = 0;
  /** When frames that are in the encoder went in, by their timestamp; in microseconds. */
  readonly #begun = new Map<number, number>();
  #framesEncoded = 0;
  #keyFramesEncoded = 0;
  #encodeTime = 0;

  constructor(settings: EncodingSettings, outlet: EncodingOutlet) {
    this.#settings = settings;
    this.#outlet = outlet;
  }

  change(settings: EncodingSettings): void {
    if (settings.codec !== this.#settings.codec) this.#drop();
    this.#settings = settings;
  }

  /** From the next frame on it codes for this outlet, as if nothing had been coded before. */
  goTo(outlet: EncodingOutlet): void {
    this.#outlet = outlet;
    this.#isKeyWanted = true;
    this.#begun.clear();
    this.#framesEncoded = 0;
    this.#keyFramesEncoded = 0;
    this.#encodeTime = 0;
  }

  wantKeyFrame(): void {
    this.#isKeyWanted = true;
  }

  /** The frame stays the caller's. Its timestamp is the time of capture. */
  handleFrame(frame: VideoFrame): void {
    if (this.#failures > MOST_FAILURES) return;
    if (!this.#pace.admits(frame.timestamp, this.#settings.maxFramerate)) return;
    if (this.#outlet.isCongested) return;
    const isFull = (this.#encoder?.encodeQueueSize ?? 0) >= MOST_WAITING;
    this.#load.count(frame.timestamp, isFull ? 'refused' : 'taken');
    if (isFull) return;
    const encoder = this.#encoder ?? this.#make();
    try {
      this.#configure(encoder, this.#wish(frame));
      this.#begun.set(frame.timestamp, pageTime());
      encoder.encode(frame, { keyFrame: this.#isKeyWanted });
      this.#isKeyWanted = false;
    } catch {
      this.#fail();
    }
  }

  counts(): CodedCounts {
    return {
      codec: this.#settings.codec,
      framesEncoded: this.#framesEncoded,
      keyFramesEncoded: this.#keyFramesEncoded,
      frameWidth: this.#configured?.width ?? 0,
      frameHeight: this.#configured?.height ?? 0,
      framesPerSecond: this.#rate.at(pageTime()),
      totalEncodeTime: this.#encodeTime / 1_000_000,
      encoderImplementation: 'WebCodecs',
      ...(this.#load.scaleDownBy > 1 ? { qualityLimitationReason: 'cpu' } : {}),
    };
  }

  close(): void {
    this.#drop();
  }

  #make(): VideoEncoder {
    const convert = asRtpHasIt(this.#settings.codec);
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

  #wish(frame: VideoFrame): EncoderWish {
    const { codec, bitrate, maxFramerate } = this.#settings;
    const scaleDownBy = this.#settings.scaleDownBy * this.#load.scaleDownBy;
    return {
      codec,
      width: scaled(frame.displayWidth, scaleDownBy),
      height: scaled(frame.displayHeight, scaleDownBy),
      bitrate,
      framerate: maxFramerate,
    };
  }

  /** Only the size costs a key frame; it scales by itself. */
  #configure(encoder: VideoEncoder, wish: EncoderWish): void {
    const now = this.#configured;
    const isSame =
      now !== null &&
      now.width === wish.width &&
      now.height === wish.height &&
      now.bitrate === wish.bitrate &&
      now.framerate === wish.framerate;
    if (isSame) return;
    if (now !== null && (now.width !== wish.width || now.height !== wish.height)) {
      this.#isKeyWanted = true;
    }
    encoder.configure(encoderConfig(wish));
    this.#configured = wish;
  }

  #handleChunk(chunk: EncodedVideoChunk): void {
    if (this.#configured === null) return;
    const begun = this.#begun.get(chunk.timestamp);
    if (begun === undefined) return;
    const { width, height } = this.#configured;
    const now = pageTime();
    this.#failures = 0;
    this.#framesEncoded += 1;
    this.#rate.count(now);
    if (chunk.type === 'key') this.#keyFramesEncoded += 1;
    this.#encodeTime += now - begun;
    // Frames come out in order; what is older was swallowed.
    for (const timestamp of this.#begun.keys()) {
      if (timestamp <= chunk.timestamp) this.#begun.delete(timestamp);
    }
    this.#outlet.encoded({ chunk, width, height });
  }

  #fail(): void {
    this.#failures += 1;
    this.#drop();
  }

  #drop(): void {
    if (this.#encoder !== null && this.#encoder.state !== 'closed') this.#encoder.close();
    this.#encoder = null;
    this.#configured = null;
    this.#isKeyWanted = true;
    this.#begun.clear();
  }
}

/** Even, as 4:2:0 wants it. */
function scaled(length: number, by: number): number {
  return Math.max(2, Math.floor(length / Math.max(1, by) / 2) * 2);
}
