// A changing stream with its subscribers.
//
// Invariant: each change creates a new MediaStream with the same tracks, so readers compare by
// identity.

import type { StreamSource } from '../ports';

export interface StreamSlot extends StreamSource {
  /** Without tracks the stream is null. */
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
