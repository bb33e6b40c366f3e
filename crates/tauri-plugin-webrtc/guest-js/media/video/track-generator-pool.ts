// A pool of track generators: the page needs a receiver's track synchronously, and the worker
// creates them asynchronously.
//
// Invariant: the page holds the track of each pooled generator.

import type { PooledTrackId } from '../../bridge/message.ts';
import { type TrackGenerator, VideoTrackGenerator } from '../mediacapture-transform.ts';

/** One for each transceiver. When the pool is empty the page draws the frames itself. */
const POOL_SIZE = 8;

export class TrackGeneratorPool {
  readonly #onTrack: (id: PooledTrackId, track: MediaStreamTrack) => void;
  readonly #generators = new Map<PooledTrackId, TrackGenerator>();
  #next: PooledTrackId = 0;

  constructor(onTrack: (id: PooledTrackId, track: MediaStreamTrack) => void) {
    this.#onTrack = onTrack;
  }

  fill(): void {
    if (VideoTrackGenerator === undefined) return;
    while (this.#generators.size < POOL_SIZE) {
      const generator = new VideoTrackGenerator();
      const id = this.#next;
      this.#next += 1;
      this.#generators.set(id, generator);
      this.#onTrack(id, generator.track);
    }
  }

  take(id: PooledTrackId): TrackGenerator | null {
    const generator = this.#generators.get(id) ?? null;
    this.#generators.delete(id);
    this.fill();
    return generator;
  }
}
