// Small pictures of the screens and windows that a person chooses from.
//
// Invariant: none is taken before somebody watches, nor after the person has chosen. One is taken at a
// time, of the first sources only, since each costs the processor a reading of the whole source.

import {
  type DisplaySource,
  displayThumbnail,
  type DisplayThumbnail,
} from '../../bridge/display.ts';

export type ShowThumbnail = (source: DisplaySource, thumbnail: DisplayThumbnail) => void;

/** Shows one of each source, again and again, until the result is called. */
export type WatchThumbnails = (show: ShowThumbnail) => () => void;

const MAX_SOURCES = 24;
/** From the end of one round to the next. */
const ROUND_INTERVAL_MS = 2000;

export interface Thumbnails {
  readonly watch: WatchThumbnails;
  /** Nobody watches any more. */
  readonly end: () => void;
}

export function thumbnails(sources: readonly DisplaySource[]): Thumbnails {
  let stopCurrent: (() => void) | null = null;
  let isEnded = false;
  return {
    watch(show) {
      stopCurrent?.();
      if (isEnded) return () => undefined;
      const stop = takeRounds(sources.slice(0, MAX_SOURCES), show);
      stopCurrent = stop;
      return stop;
    },
    end() {
      isEnded = true;
      stopCurrent?.();
    },
  };
}

function takeRounds(sources: readonly DisplaySource[], show: ShowThumbnail): () => void {
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const takeAll = async (): Promise<void> => {
    for (const source of sources) {
      if (isStopped) return;
      // A window that is gone keeps its last one.
      const taken = await displayThumbnail(source.id).catch(() => null);
      if (!isStopped && taken !== null) show(source, taken);
    }
    if (!isStopped) timer = setTimeout(() => void takeAll(), ROUND_INTERVAL_MS);
  };
  void takeAll();
  return () => {
    isStopped = true;
    if (timer !== null) clearTimeout(timer);
  };
}
