// Where a receiver's frames go: into a generated track of the worker, or to the page.
//
// Invariant: `show` takes ownership of the frame. The last owner closes it.

import type { TrackGenerator } from '../mediacapture-transform.ts';

export interface Sink {
  show(frame: VideoFrame): void;
  close(): void;
}

const MAX_QUEUED_FRAMES = 3;

export function trackSink(generator: TrackGenerator): Sink {
  const writer = generator.writable.getWriter();
  // The page ends the track. The outcome does not matter.
  writer.closed.catch(() => undefined);
  let waiting = 0;
  return {
    show: (frame) => {
      if (waiting >= MAX_QUEUED_FRAMES) {
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
