// Gives captured frames their capture time.
//
// Invariant: the caller closes both frames. A frame is copied only where the engine would not code
// it otherwise.

import type { VideoOrigin } from '../../bridge/message.ts';

/** WebKitGTK 2.50 codes by the time of a frame's own buffer, whatever the `VideoFrame` says. The
 *  buffers of a captured canvas have none, and the encoder gives nothing after the first of them. */
export class FrameTimer {
  readonly #origin: VideoOrigin;
  #canvas: OffscreenCanvas | null = null;
  #context: OffscreenCanvasRenderingContext2D | null = null;

  constructor(origin: VideoOrigin) {
    this.#origin = origin;
  }

  /** `timestamp` in microseconds. */
  withTime(frame: VideoFrame, timestamp: number): VideoFrame {
    switch (this.#origin) {
      case 'canvas':
        return this.#copy(frame, timestamp);
      case 'device':
        return new VideoFrame(frame, { timestamp });
    }
  }

  /** The copy has a buffer of its own, with this time. */
  #copy(frame: VideoFrame, timestamp: number): VideoFrame {
    const { displayWidth, displayHeight } = frame;
    const canvas = (this.#canvas ??= new OffscreenCanvas(displayWidth, displayHeight));
    if (canvas.width !== displayWidth) canvas.width = displayWidth;
    if (canvas.height !== displayHeight) canvas.height = displayHeight;
    // In memory, because the pixels are read at once.
    this.#context ??= canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    this.#context?.drawImage(frame, 0, 0, displayWidth, displayHeight);
    return new VideoFrame(canvas, { timestamp });
  }
}
