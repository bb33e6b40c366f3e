// Picture in picture of one tile's video, where the browser has it. The picture follows the tile
// that it is told to show.

import { useEffect, useSyncExternalStore } from 'react';

import type { TileKey } from '../../layout/media';

export interface PictureInPicture {
  readonly isOn: boolean;
  toggle(): void;
}

const EVENTS = ['enterpictureinpicture', 'leavepictureinpicture'] as const;

function subscribe(listener: () => void): () => void {
  for (const event of EVENTS) document.addEventListener(event, listener);
  return () => {
    for (const event of EVENTS) document.removeEventListener(event, listener);
  };
}

/** Null where the browser has none, and while there is no video to show. */
export function usePictureInPicture(shown: TileKey | null): PictureInPicture | null {
  const isOn = useSyncExternalStore(
    subscribe,
    () => (document.pictureInPictureElement ?? null) !== null,
  );

  useEffect(() => {
    const video = isOn && shown !== null ? videoOf(shown) : null;
    if (video !== null && document.pictureInPictureElement !== video) enter(video);
  }, [isOn, shown]);

  useEffect(
    () => () => {
      if ((document.pictureInPictureElement ?? null) !== null) leave();
    },
    [],
  );

  if (!isSupported() || shown === null) return null;
  return {
    isOn,
    toggle() {
      const video = videoOf(shown);
      if (isOn) leave();
      else if (video !== null) enter(video);
    },
  };
}

/** Firefox and WebKitGTK do not have the property. */
function isSupported(): boolean {
  return 'pictureInPictureEnabled' in document && document.pictureInPictureEnabled;
}

function videoOf(tile: TileKey): HTMLVideoElement | null {
  return document.querySelector<HTMLVideoElement>(`video[data-tile="${CSS.escape(tile)}"]`);
}

function enter(video: HTMLVideoElement): void {
  // The attribute hides the browser's own button, which lies on the picture.
  video.disablePictureInPicture = false;
  // Refused while the video has no frame: everything stays as it is.
  video.requestPictureInPicture().catch(() => undefined);
}

function leave(): void {
  document.exitPictureInPicture().catch(() => undefined);
}
