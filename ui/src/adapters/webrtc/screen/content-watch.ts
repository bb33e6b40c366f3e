// Watches the shared picture: its frames in a `video` element that is in no document, and how much
// of it changes.

import type { Content } from '../../../engine/budget/content';
import { pixelsOf, type Region } from '../../../engine/share/region';
import { changedShare, FEW_CHANGES, withChange } from '../../../engine/share/change';

export interface ContentWatch {
  /** Plays what is shared. */
  readonly frames: HTMLVideoElement;
  stop(): void;
}

const EVERY_MS = 500;
/** Enough to tell a film from a page. */
const WIDTH = 96;
const HEIGHT = 54;

export function watchContent(
  track: MediaStreamTrack,
  part: () => Region,
  tell: (content: Content) => void,
): ContentWatch {
  const frames = document.createElement('video');
  frames.muted = true;
  frames.srcObject = new MediaStream([track]);
  frames.play().catch(() => undefined);
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  let before: Uint8ClampedArray | null = null;
  let measured = FEW_CHANGES;

  const timer = setInterval(() => {
    if (pen === null || frames.videoWidth === 0) return;
    const { videoWidth, videoHeight } = frames;
    const { x, y, width, height } = pixelsOf(part(), { width: videoWidth, height: videoHeight });
    pen.drawImage(frames, x, y, width, height, 0, 0, WIDTH, HEIGHT);
    const now = pen.getImageData(0, 0, WIDTH, HEIGHT).data;
    const { content } = measured;
    if (before !== null) measured = withChange(measured, changedShare(before, now));
    before = now;
    if (measured.content !== content) tell(measured.content);
  }, EVERY_MS);

  return {
    frames,
    stop() {
      clearInterval(timer);
      frames.srcObject = null;
    },
  };
}
