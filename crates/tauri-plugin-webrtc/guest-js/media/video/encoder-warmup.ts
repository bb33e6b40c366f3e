// Encoders that code something before anybody wants it: to make one and to get its first picture
// out takes WebKitGTK 2.50 up to a quarter of a second, and so does another size. A call's first
// picture would be late by that.
//
// Invariant: one a source at most and one for the next source. They code no more than a few frames
// a second; without any, an encoder saves up for a first picture that is too large for its path.

import type { EncodingSettings, SourceId, VideoCodec } from '../../bridge/wire.ts';
import { pageTime } from '../capture-clock.ts';
import { blackFrame } from './black.ts';
import { Encoding } from './encoding.ts';

/** What the transport asks for at first of a picture of this size, but for the rate. */
const SETTINGS: EncodingSettings = {
  codec: 'vp8',
  bitrate: 240_000,
  scaleDownBy: 2,
  maxFramerate: 5,
};
const WIDTH = 1280;
const HEIGHT = 720;

/** In microseconds: about as long as it rings. */
const PATIENCE = 60_000_000;

interface WarmEncoder {
  readonly encoding: Encoding;
  readonly since: number;
}

const NOBODY = { isCongested: false, encoded: () => undefined };

export class EncoderWarmup {
  readonly #running = new Map<SourceId, WarmEncoder>();
  #next: Encoding | null = null;

  /** For the next source; it takes a while, so not when something else is to be quick. */
  prepare(): void {
    if (this.#next !== null) return;
    const encoding = new Encoding(SETTINGS, NOBODY);
    const frame = blackFrame(WIDTH, HEIGHT, pageTime());
    encoding.handleFrame(frame);
    frame.close();
    this.#next = encoding;
  }

  begin(source: SourceId): void {
    const encoding = this.#next ?? new Encoding(SETTINGS, NOBODY);
    this.#next = null;
    this.#running.set(source, { encoding, since: pageTime() });
  }

  /** The frame stays the caller's. */
  handleFrame(source: SourceId, frame: VideoFrame): void {
    const warm = this.#running.get(source);
    if (warm === undefined || pageTime() - warm.since > PATIENCE) return;
    warm.encoding.handleFrame(frame);
  }

  take(source: SourceId, codec: VideoCodec): Encoding | null {
    if (codec !== SETTINGS.codec) this.#close(source);
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
