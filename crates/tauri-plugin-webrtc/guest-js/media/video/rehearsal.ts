// Encoders that have coded something before anybody wants it: to make one and to get its first
// picture out takes WebKitGTK 2.50 up to a quarter of a second, which a call's first picture would
// be late by.
//
// Invariant: one a source at most, and it rests after a few frames until it is taken.

import type { EncodingSettings, SourceId, VideoCodec } from '../../road/wire.ts';
import { Encoding } from './encoding.ts';

/** About what the transport asks for at first; the rest is a change of settings. */
const SETTINGS: EncodingSettings = {
  codec: 'vp8',
  bitrate: 700_000,
  scaleDownBy: 1,
  maxFramerate: 30,
};
const FRAMES = 2;

interface Rehearsal {
  readonly encoding: Encoding;
  left: number;
}

const NOBODY = { isCongested: false, encoded: () => undefined };

export class Rehearsals {
  readonly #running = new Map<SourceId, Rehearsal>();

  begin(source: SourceId): void {
    this.#running.set(source, { encoding: new Encoding(SETTINGS, NOBODY), left: FRAMES });
  }

  /** The frame stays the caller's. */
  handleFrame(source: SourceId, frame: VideoFrame): void {
    const rehearsal = this.#running.get(source);
    if (rehearsal === undefined || rehearsal.left === 0) return;
    rehearsal.left -= 1;
    rehearsal.encoding.handleFrame(frame);
  }

  take(source: SourceId, codec: VideoCodec): Encoding | null {
    if (codec !== SETTINGS.codec) return null;
    const encoding = this.#running.get(source)?.encoding ?? null;
    this.#running.delete(source);
    return encoding;
  }

  end(source: SourceId): void {
    this.#running.get(source)?.encoding.close();
    this.#running.delete(source);
  }
}
