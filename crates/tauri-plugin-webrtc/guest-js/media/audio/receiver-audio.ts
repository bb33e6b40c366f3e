// Where one receiver's sound is heard: at the system's loudspeakers, past the page, or from the
// page's own audio graph where the transport cannot reach them.
//
// Invariant: in one of the two places, never in both; and in none before the transport has said
// which. All elements that play it are one sound to the system, as loud as all of them together,
// at the output that was chosen last.

import type { RequestKind } from '../../bridge/wire.ts';
import type { Loudspeaker } from './audio-graph.ts';

/** What one element does with it. */
export interface Speaker {
  /** From 0 to 1. The empty output is the system's choice. */
  readonly play: (volume: number, output: string) => void;
  readonly close: () => void;
}

interface Entry {
  volume: number;
  fallback: Loudspeaker | null;
}

type Ask = (wish: Extract<RequestKind, { type: 'play' | 'stop-playing' }>) => void;

export class ReceiverAudio {
  readonly #receiver: number;
  readonly #ask: Ask;
  readonly #openFallback: () => Loudspeaker;
  readonly #entries = new Set<Entry>();
  #output = '';
  #asked: { readonly volume: number; readonly output: string } | null = null;
  /** Unknown before the transport has answered. */
  #isPlaying: boolean | null = null;

  constructor(receiver: number, ask: Ask, openFallback: () => Loudspeaker) {
    this.#receiver = receiver;
    this.#ask = ask;
    this.#openFallback = openFallback;
  }

  open(): Speaker {
    const entry: Entry = { volume: 0, fallback: null };
    this.#entries.add(entry);
    return {
      play: (volume, output) => {
        if (!this.#entries.has(entry)) return;
        entry.volume = volume;
        this.#output = output;
        this.#update();
      },
      close: () => {
        if (!this.#entries.delete(entry)) return;
        entry.fallback?.close();
        this.#update();
      },
    };
  }

  /** The transport tells whether the system plays it. */
  handlePlaying(isPlaying: boolean): void {
    this.#isPlaying = isPlaying;
    this.#update();
  }

  #update(): void {
    this.#tellTransport();
    for (const entry of this.#entries) {
      if (this.#isPlaying !== false) {
        entry.fallback?.close();
        entry.fallback = null;
        continue;
      }
      entry.fallback ??= this.#openFallback();
      entry.fallback.setVolume(entry.volume);
    }
  }

  #tellTransport(): void {
    const receiver = this.#receiver;
    if (this.#entries.size === 0) {
      if (this.#asked !== null) this.#ask({ type: 'stop-playing', receiver });
      this.#asked = null;
      this.#isPlaying = null;
      return;
    }
    const volumes = [...this.#entries].map(({ volume }) => volume);
    const volume = Math.min(
      1,
      volumes.reduce((sum, more) => sum + more, 0),
    );
    const output = this.#output;
    if (this.#asked?.volume === volume && this.#asked.output === output) return;
    this.#asked = { volume, output };
    this.#ask({ type: 'play', receiver, volume, output: output === '' ? null : output });
  }
}
