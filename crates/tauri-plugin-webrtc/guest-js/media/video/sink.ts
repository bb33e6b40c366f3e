// Where a receiver's pictures go: into a track of the worker's own, or to the page.
//
// Invariant: `show` takes the frame over; whoever has it last closes it.

import type { TrackGenerator } from '../webkit.ts';

export interface Sink {
  show(frame: VideoFrame): void;
  close(): void;
}

const MOST_WAITING = 3;

export function trackSink(generator: TrackGenerator): Sink {
  const writer = generator.writable.getWriter();
  // Its end is the page's wish; nobody else asks how it went.
  writer.closed.catch(() => undefined);
  let waiting = 0;
  return {
    show: (frame) => {
      if (waiting >= MOST_WAITING) {
        frame.close();
        return;
      }
      waiting += 1;
      writer
        .write(frame)
        .catch(() => frame.close())
        .finally(() => {
          waiting -= 1;
        });
    },
    close: () => {
      writer.close().catch(() => undefined);
    },
  };
}

export function pageSink(toPage: (frame: VideoFrame) => void): Sink {
  return { show: toPage, close: () => undefined };
}
