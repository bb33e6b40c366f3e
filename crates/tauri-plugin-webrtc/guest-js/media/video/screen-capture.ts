// A captured screen in the worker: its track shows the picture.
//
// Invariant: one frame is requested at a time, so the bridge holds at most one. A picture that does
// not change is shown again: some times at once, as encoders sharpen a picture with each frame, and
// then now and then, as an encoder that starts later needs a frame, and a receiver would count its
// track as muted.

import type { CapturedRows } from '../../bridge/frame.ts';
import type { Sink } from './frame-sink.ts';
import { I420Picture } from './i420-picture.ts';

/** Less than the time after which a receiver counts its track as muted. */
const REPEAT_INTERVAL_MS = 1000;
const SHARPEN_INTERVAL_MS = 200;
/** Three seconds. */
const SHARPEN_COUNT = 15;

/** Of the rows. Without it, I420 is taken for BT.709 (WebCodecs, "pick color space"). */
const COLOUR_SPACE: VideoColorSpaceInit = {
  matrix: 'smpte170m',
  primaries: 'bt709',
  transfer: 'iec61966-2-1',
  fullRange: false,
};

export interface ScreenCaptureListener {
  requestFrame(): void;
  size(width: number, height: number): void;
}

export class ScreenCapture {
  readonly #sink: Sink;
  readonly #listener: ScreenCaptureListener;
  readonly #picture = new I420Picture();
  #repeat: ReturnType<typeof setTimeout> | null = null;

  constructor(sink: Sink, listener: ScreenCaptureListener) {
    this.#sink = sink;
    this.#listener = listener;
    listener.requestFrame();
  }

  handleRows(rows: CapturedRows): void {
    const outcome = this.#picture.handleRows(rows);
    if (outcome === 'more-rows-follow') return;
    try {
      this.#show(SHARPEN_COUNT);
      if (outcome === 'complete-at-another-size') this.#listener.size(rows.width, rows.height);
    } finally {
      // A picture that cannot be shown holds up none after it.
      this.#listener.requestFrame();
    }
  }

  close(): void {
    if (this.#repeat !== null) clearTimeout(this.#repeat);
    this.#sink.close();
  }

  /** Again until the picture changes; so many times soon. */
  #show(sharpenings: number): void {
    if (this.#repeat !== null) clearTimeout(this.#repeat);
    this.#repeat = setTimeout(
      () => this.#show(Math.max(0, sharpenings - 1)),
      sharpenings > 0 ? SHARPEN_INTERVAL_MS : REPEAT_INTERVAL_MS,
    );
    const { width, height, bytes } = this.#picture;
    if (bytes === null) return;
    const frame = new VideoFrame(bytes, {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      timestamp: Math.round(performance.now() * 1000),
      colorSpace: COLOUR_SPACE,
    });
    this.#sink.show(frame);
  }
}
