// The last frame of a paused share, as a track: it is drawn again now and then, so that encoders have
// a frame for everybody who comes later. `enabled = false` would send black, and no track nothing.

import { pixelsOf, type Region } from '../../../engine/share/region';

export interface Still {
  readonly track: MediaStreamTrack;
  stop(): void;
}

const EVERY_MS = 1000;

/** Null where the engine makes no track of a canvas: then nothing is sent, and others keep theirs. */
export function stillOf(frames: HTMLVideoElement, region: Region): Still | null {
  const { videoWidth, videoHeight } = frames;
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  if (pen === null || videoWidth * videoHeight === 0 || !('captureStream' in canvas)) return null;
  const { x, y, width, height } = pixelsOf(region, { width: videoWidth, height: videoHeight });
  canvas.width = width;
  canvas.height = height;
  pen.drawImage(frames, x, y, width, height, 0, 0, width, height);
  const [track] = canvas.captureStream().getVideoTracks();
  if (track === undefined) return null;
  track.contentHint = 'detail';
  const held = document.createElement('canvas');
  held.width = canvas.width;
  held.height = canvas.height;
  held.getContext('2d')?.drawImage(canvas, 0, 0);
  const draw = (): void => pen.drawImage(held, 0, 0);
  draw();
  const timer = setInterval(draw, EVERY_MS);
  return {
    track,
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}
