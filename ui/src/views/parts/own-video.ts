// The single video element for the own camera. A player takes time to start, so the element moves
// between places.
//
// Invariant: it is in the newest place; without a place it is paused. Its stream has no audio, so
// there is no echo.

import type { StreamSource } from '../../ports';

export interface OwnVideo {
  describe(label: string, className: string): void;
  readonly element: HTMLVideoElement;
  /** Moves it there until the returned function is called. */
  enter(place: HTMLElement): () => void;
}

const videos = new WeakMap<StreamSource, OwnVideo>();

export function ownVideoOf(source: StreamSource): OwnVideo {
  const known = videos.get(source) ?? ownVideo(source);
  videos.set(source, known);
  return known;
}

function ownVideo(source: StreamSource): OwnVideo {
  const element = document.createElement('video');
  element.autoplay = true;
  element.muted = true;
  element.playsInline = true;
  element.disablePictureInPicture = true;
  const places: HTMLElement[] = [];
  let shown: readonly MediaStreamTrack[] = [];

  const follow = (): void => {
    const tracks = places.length === 0 ? [] : (source.get()?.getVideoTracks() ?? []);
    const same = tracks.length === shown.length && tracks.every((track) => shown.includes(track));
    if (same) return;
    shown = tracks;
    element.srcObject = tracks.length === 0 ? null : new MediaStream([...tracks]);
    // A newer stream plays automatically.
    if (tracks.length > 0) element.play().catch(() => undefined);
  };
  source.subscribe(follow);

  return {
    element,
    describe(label, className) {
      element.setAttribute('aria-label', label);
      element.className = className;
    },
    enter(place) {
      places.push(place);
      place.append(element);
      follow();
      return () => {
        places.splice(places.indexOf(place), 1);
        const before = places.at(-1);
        if (before !== undefined && element.parentNode !== before) before.append(element);
        // The next place may be entered in the same task.
        queueMicrotask(follow);
      };
    },
  };
}
