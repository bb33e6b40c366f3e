// Generators made ahead: the page must have a receiver's track at once, and the worker makes one
// only in its own time.
//
// Invariant: the page has the track of each generator that waits here.

import type { PooledTrackId } from '../../bridge/message.ts';
import { type TrackGenerator, VideoTrackGenerator } from '../webkit.ts';

/** A transceiver each; a page that wants more at once waits for none, but draws them itself. */
const MOST = 8;

export class TrackGeneratorPool {
  readonly #tell: (spare: PooledTrackId, track: MediaStreamTrack) => void;
  readonly #waiting = new Map<PooledTrackId, TrackGenerator>();
  #next: PooledTrackId = 0;

  constructor(tell: (spare: PooledTrackId, track: MediaStreamTrack) => void) {
    this.#tell = tell;
  }

  fill(): void {
    if (VideoTrackGenerator === undefined) return;
    while (this.#waiting.size < MOST) {
      const generator = new VideoTrackGenerator();
      const spare = this.#next;
      this.#next += 1;
      this.#waiting.set(spare, generator);
      this.#tell(spare, generator.track);
    }
  }

  take(spare: PooledTrackId): TrackGenerator | null {
    const generator = this.#waiting.get(spare) ?? null;
    this.#waiting.delete(spare);
    this.fill();
    return generator;
  }
}
