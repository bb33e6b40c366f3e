// Watches `enabled` and the end of a track.
//
// Invariant: the track behaves as before. The engine has no event for `enabled` and `stop()`, so
// both are overridden on the track, and restored with the last watcher.

export interface TrackWatcher {
  enabled(enabled: boolean): void;
  ended(): void;
}

const watched = new WeakMap<MediaStreamTrack, Set<TrackWatcher>>();

/** The returned function ends the watch. */
export function watchTrack(track: MediaStreamTrack, watcher: TrackWatcher): () => void {
  const watchers = watched.get(track) ?? attach(track);
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0 || watched.get(track) !== watchers) return;
    watched.delete(track);
    Reflect.deleteProperty(track, 'enabled');
    Reflect.deleteProperty(track, 'stop');
  };
}

function attach(track: MediaStreamTrack): Set<TrackWatcher> {
  const watchers = new Set<TrackWatcher>();
  watched.set(track, watchers);
  const native = Object.getOwnPropertyDescriptor(MediaStreamTrack.prototype, 'enabled');
  const stop = track.stop.bind(track);
  const ended = (): void => {
    for (const watcher of watchers) watcher.ended();
  };
  track.addEventListener('ended', ended, { once: true });
  Object.defineProperties(track, {
    enabled: {
      configurable: true,
      enumerable: true,
      get: () => native?.get?.call(track) === true,
      set: (value: unknown) => {
        native?.set?.call(track, value);
        for (const watcher of watchers) watcher.enabled(track.enabled);
      },
    },
    stop: {
      configurable: true,
      writable: true,
      value: () => {
        stop();
        ended();
      },
    },
  });
  return watchers;
}
