// The track of a captured screen or window, as W3C screen-capture describes it.
//
// Invariant: it is a track of the engine, whose label, settings and constraints are those of the
// capture. A clone has the engine's own, and ends with this track.

import type { DisplaySource } from '../../bridge/display.ts';
import { watchTrack } from '../track-watcher.ts';

/** In frames per second. */
export const DEFAULT_FRAME_RATE = 30;

export interface DisplayTrackListener {
  frameRate(frameRate: number): void;
  /** The page has stopped the track. */
  stopped(): void;
}

export class DisplayTrack {
  readonly track: MediaStreamTrack;
  readonly #unwatch: () => void;
  #constraints: MediaTrackConstraints;
  #width = 0;
  #height = 0;

  constructor(
    track: MediaStreamTrack,
    { surface, title }: DisplaySource,
    constraints: MediaTrackConstraints,
    listener: DisplayTrackListener,
  ) {
    this.track = track;
    this.#constraints = constraints;
    const native = track.getSettings.bind(track);
    Object.defineProperties(track, {
      label: { configurable: true, get: () => title },
      getSettings: {
        configurable: true,
        value: (): MediaTrackSettings => ({
          ...native(),
          width: this.#width,
          height: this.#height,
          frameRate: frameRateOf(this.#constraints),
          displaySurface: surface,
        }),
      },
      getConstraints: { configurable: true, value: () => this.#constraints },
      applyConstraints: {
        configurable: true,
        value: (changed: MediaTrackConstraints = {}): Promise<void> => {
          this.#constraints = changed;
          listener.frameRate(frameRateOf(changed));
          return Promise.resolve();
        },
      },
    });
    this.#unwatch = watchTrack(track, {
      enabled: () => undefined,
      ended: () => listener.stopped(),
    });
  }

  setSize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
  }

  /** The capture has ended by itself. */
  end(): void {
    this.#unwatch();
    const wasLive = this.track.readyState === 'live';
    // `stop()` fires no event.
    this.track.stop();
    if (wasLive) this.track.dispatchEvent(new Event('ended'));
  }
}

export function frameRateOf({ frameRate }: MediaTrackConstraints): number {
  if (typeof frameRate !== 'object') return finite(frameRate) ?? DEFAULT_FRAME_RATE;
  const exact = finite(frameRate.exact);
  if (exact !== null) return exact;
  const ideal = finite(frameRate.ideal) ?? DEFAULT_FRAME_RATE;
  return Math.min(ideal, finite(frameRate.max) ?? Infinity);
}

/** What a page writes may be no number; the bridge takes numbers only. */
function finite(value: unknown): number | null {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
  return Number.isFinite(number) ? number : null;
}
