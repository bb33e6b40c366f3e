// A stream that comes, changes and goes, with those who watch it.
//
// Invariant: every change gives a new MediaStream, so that a reader can tell by identity; the
// tracks in it are the same ones.

import type { StreamSource } from '../ports';

export interface StreamSlot extends StreamSource {
  /** No tracks is no stream. */
  show(tracks: readonly MediaStreamTrack[]): void;
}

export function streamSlot(): StreamSlot {
  let stream: MediaStream | null = null;
  const listeners = new Set<() => void>();
  return {
    get: () => stream,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    show(tracks) {
      stream = tracks.length === 0 ? null : new MediaStream([...tracks]);
      for (const listener of listeners) listener();
    },
  };
}
