// Chooses where a receiver's audio is played: by the system, without the page, or by the page's
// audio graph where the transport has no sound server.
//
// Invariant: it plays in one place at most, and in none until the transport has reported which. All
// elements of a track are one stream to the system, with the sum of their volumes, on the output
// that was chosen last.

import type { RequestKind } from '../../bridge/wire.ts';
import type { GraphPlayback } from './audio-graph.ts';

/** Playback of one element. */
export interface AudioPlayback {
  /** `volume` from 0 to 1. An empty output is the system's choice. */
  readonly play: (volume: number, output: string) => void;
  readonly close: () => void;
}

interface ElementPlayback {
  volume: number;
  fallback: GraphPlayback | null;
}

type SendRequest = (kind: Extract<RequestKind, { type: 'play' | 'stop-playing' }>) => void;

export class ReceiverAudio {
  readonly #receiver: number;
  readonly #request: SendRequest;
  readonly #openFallback: () => GraphPlayback;
  readonly #elements = new Set<ElementPlayback>();
  #output = '';
  #requested: { readonly volume: number; readonly output: string } | null = null;
  /** Null: the transport has not reported yet. */
  #isPlaying: boolean | null = null;

  constructor(receiver: number, request: SendRequest, openFallback: () => GraphPlayback) {
    this.#receiver = receiver;
    this.#request = request;
    this.#openFallback = openFallback;
  }

  open(): AudioPlayback {
    const element: ElementPlayback = { volume: 0, fallback: null };
    this.#elements.add(element);
    return {
      play: (volume, output) => {
        if (!this.#elements.has(element)) return;
        element.volume = volume;
        this.#output = output;
        this.#update();
      },
      close: () => {
        if (!this.#elements.delete(element)) return;
        element.fallback?.close();
        this.#update();
      },
    };
  }

  /** The transport reports whether the system plays the audio. */
  handlePlaying(isPlaying: boolean): void {
    this.#isPlaying = isPlaying;
    this.#update();
  }

  #update(): void {
    this.#updateTransport();
    for (const element of this.#elements) {
      if (this.#isPlaying !== false) {
        element.fallback?.close();
        element.fallback = null;
        continue;
      }
      element.fallback ??= this.#openFallback();
      element.fallback.setVolume(element.volume);
    }
  }

  #updateTransport(): void {
    const receiver = this.#receiver;
    if (this.#elements.size === 0) {
      if (this.#requested !== null) this.#request({ type: 'stop-playing', receiver });
      this.#requested = null;
      this.#isPlaying = null;
      return;
    }
    const volumes = [...this.#elements].map(({ volume }) => volume);
    const volume = Math.min(
      1,
      volumes.reduce((sum, more) => sum + more, 0),
    );
    const output = this.#output;
    if (this.#requested?.volume === volume && this.#requested.output === output) return;
    this.#requested = { volume, output };
    this.#request({ type: 'play', receiver, volume, output: output === '' ? null : output });
  }
}
