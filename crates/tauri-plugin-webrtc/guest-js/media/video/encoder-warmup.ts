// Encoders that run before they are needed. In WebKitGTK 2.50 a new encoder, or another size,
// delays the first frame by up to 250 ms.
//
// Invariant: at most one for each source, and one for the next source. They encode a few frames per
// second. Without frames an encoder would accumulate budget and start with a frame too large for
// the path.

import type { EncodingSettings, SourceId, VideoCodec } from '../../bridge/wire.ts';
import { pageTime } from '../capture-clock.ts';
import { blackFrame } from './black-frame.ts';
import { Encoding } from './encoding.ts';

/** The settings that the transport uses first for this size, except the bitrate. */
const WARMUP_SETTINGS: EncodingSettings = {
  codec: 'vp8',
  bitrate: 240_000,
  scaleDownBy: 2,
  maxFramerate: 5,
};
const WIDTH = 1280;
const HEIGHT = 720;

/** Longest warm-up, about the length of a ringing call. */
const MAX_WARM_US = 60_000_000;

interface WarmEncoder {
  readonly encoding: Encoding;
  readonly since: number;
}

const NO_OUTPUT = { isCongested: false, encoded: () => undefined };

export class EncoderWarmup {
  readonly #running = new Map<SourceId, WarmEncoder>();
  #next: Encoding | null = null;

  /** Creates the encoder for the next source. It takes a while, so do not call it while
   *  something must be fast. */
  prepare(): void {
    if (this.#next !== null) return;
    const encoding = new Encoding(WARMUP_SETTINGS, NO_OUTPUT);
    const frame = blackFrame(WIDTH, HEIGHT, pageTime());
    encoding.handleFrame(frame);
    frame.close();
    this.#next = encoding;
  }

  begin(source: SourceId): void {
    const encoding = this.#next ?? new Encoding(WARMUP_SETTINGS, NO_OUTPUT);
    this.#next = null;
    this.#running.set(source, { encoding, since: pageTime() });
  }

  /** Does not close the frame. */
  handleFrame(source: SourceId, frame: VideoFrame): void {
    const warm = this.#running.get(source);
    if (warm === undefined || pageTime() - warm.since > MAX_WARM_US) return;
    warm.encoding.handleFrame(frame);
  }

  take(source: SourceId, codec: VideoCodec): Encoding | null {
    if (codec !== WARMUP_SETTINGS.codec) this.#close(source);
    const encoding = this.#running.get(source)?.encoding ?? null;
    this.#running.delete(source);
    return encoding;
  }

  end(source: SourceId): void {
    this.#close(source);
    this.prepare();
  }

  #close(source: SourceId): void {
    this.#running.get(source)?.encoding.close();
    this.#running.delete(source);
  }
}
