// The one element that shows what is captured here, wherever the page shows it: a player takes its
// time to begin, so it moves between places instead of being made anew.
//
// Invariant: it is in the newest place there is, and without a place it plays nothing. It is given
// pictures only: nobody is to hear himself.

import type { StreamSource } from '../../ports';

export interface OwnVideo {
  describe(label: string, className: string): void;
  readonly element: HTMLVideoElement;
  /** Moves it there, until the function that is given back is called. */
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
    // A newer stream that takes over plays by itself.
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
        // The next place may be entered in the same turn.
        queueMicrotask(follow);
      };
    },
  };
}
