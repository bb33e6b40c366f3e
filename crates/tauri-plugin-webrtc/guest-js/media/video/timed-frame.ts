// Gives captured frames their capture time.
//
// Invariant: the caller closes both frames. A frame is copied only where the engine would not code
// it otherwise, and never drawn: the engine converts the frames of all threads in one pipeline, and a
// thread that draws at the same time as another may get the other's picture (decision 0015).

import type { VideoOrigin } from '../../bridge/message.ts';

/**
 * `timestamp` in microseconds.
 *
 * WebKitGTK 2.50 codes by the time of a frame's own buffer, whatever the `VideoFrame` says. The buffers
 * of a captured canvas have none, and the encoder gives nothing after the first of them.
 */
export async function withTime(
  frame: VideoFrame,
  timestamp: number,
  origin: VideoOrigin,
): Promise<VideoFrame> {
  switch (origin) {
    case 'canvas':
      return copied(frame, timestamp);
    case 'device':
      return new VideoFrame(frame, { timestamp });
  }
}

/** The copy has a buffer of its own, with this time. */
async function copied(frame: VideoFrame, timestamp: number): Promise<VideoFrame> {
  const { format, visibleRect, displayWidth, displayHeight } = frame;
  if (format === null) throw new TypeError('Frames without a format cannot be copied.');
  const bytes = new Uint8Array(frame.allocationSize());
  const layout = await frame.copyTo(bytes);
  return new VideoFrame(bytes, {
    format,
    codedWidth: visibleRect?.width ?? displayWidth,
    codedHeight: visibleRect?.height ?? displayHeight,
    timestamp,
    layout,
  });
}
