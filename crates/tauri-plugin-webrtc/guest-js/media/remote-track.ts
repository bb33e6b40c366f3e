// A receiver's track as the standard describes it: initially muted, and ended by the connection.
//
// Invariant: `muted`, `readyState` and their events agree. The engine's track knows no network, so
// both are defined on the track itself.

import type { Kind, ReceivedTrack } from '../ports.ts';
import { RtpSources } from './rtp-sources.ts';

/** W3C webrtc-pc, 5.3: `label` of a remote track. */
const LABELS: Readonly<Record<Kind, string>> = { audio: 'remote audio', video: 'remote video' };

export class RemoteTrack implements ReceivedTrack {
  readonly track: MediaStreamTrack;
  readonly sources = new RtpSources();
  readonly #whenEnded: () => void;
  #muted = true;
  #ended = false;

  constructor(kind: Kind, track: MediaStreamTrack, whenEnded: () => void) {
    this.track = track;
    this.#whenEnded = whenEnded;
    Object.defineProperties(track, {
      muted: { configurable: true, get: () => this.#muted },
      label: { configurable: true, get: () => LABELS[kind] },
    });
  }

  mute(): void {
    this.#setMuted(true, 'mute');
  }

  unmute(): void {
    this.#setMuted(false, 'unmute');
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const wasLive = this.track.readyState === 'live';
    // `stop()` fires no event.
    this.track.stop();
    this.#whenEnded();
    if (wasLive) this.track.dispatchEvent(new Event('ended'));
  }

  #setMuted(muted: boolean, event: 'mute' | 'unmute'): void {
    if (this.#ended || this.#muted === muted) return;
    this.#muted = muted;
    if (this.track.readyState === 'live') this.track.dispatchEvent(new Event(event));
  }
}
