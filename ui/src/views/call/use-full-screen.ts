// Full screen of the whole page, where the browser has it.

import { useSyncExternalStore } from 'react';

export interface FullScreen {
  readonly isOn: boolean;
  toggle(): void;
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('fullscreenchange', listener);
  return () => document.removeEventListener('fullscreenchange', listener);
}

/** Null where the browser has none. */
export function useFullScreen(): FullScreen | null {
  const isOn = useSyncExternalStore(subscribe, () => document.fullscreenElement !== null);
  if (!document.fullscreenEnabled) return null;
  return { isOn, toggle: toggleFullScreen };
}

export function toggleFullScreen(): void {
  if (!document.fullscreenEnabled) return;
  const done =
    document.fullscreenElement === null
      ? document.documentElement.requestFullscreen()
      : document.exitFullscreen();
  // Refused, for example by a frame round the page: everything stays as it is.
  done.catch(() => undefined);
}
