// A receiver's track as the standard has it: remote, at first muted, ended by the connection.
//
// Invariant: `muted`, `readyState` and their events always agree. The engine's own track knows of
// neither network nor peer, so both are put on the track itself.

import type { Kind, ReceivedTrack } from '../ports.ts';

/** W3C webrtc-pc, 5.3: `label` of a remote track. */
const LABELS: Readonly<Record<Kind, string>> = { audio: 'remote audio', video: 'remote video' };

export class RemoteTrack implements ReceivedTrack {
  readonly track: MediaStreamTrack;
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
    this.#tell(true, 'mute');
  }

  unmute(): void {
    this.#tell(false, 'unmute');
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const wasLive = this.track.readyState === 'live';
    // Ends it without an event, as it does for whoever calls it.
    this.track.stop();
    this.#whenEnded();
    if (wasLive) this.track.dispatchEvent(new Event('ended'));
  }

  #tell(muted: boolean, event: 'mute' | 'unmute'): void {
    if (this.#ended || this.#muted === muted) return;
    this.#muted = muted;
    if (this.track.readyState === 'live') this.track.dispatchEvent(new Event(event));
  }
}
