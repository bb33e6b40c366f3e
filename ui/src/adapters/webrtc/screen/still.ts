// The last frame of a paused share, as a track: it is drawn again now and then, so that encoders have
// a frame for everybody who comes later. `enabled = false` would send black, and no track nothing.
//
// Invariant: all that is sent is of that one frame, also when another part of it is chosen.

import { pixelsOf, type Region } from '../../../engine/share/region';

export interface Still {
  readonly track: MediaStreamTrack;
  setRegion(region: Region): void;
  stop(): void;
}

const EVERY_MS = 1000;

/** Null where the engine makes no track of a canvas: then nothing is sent, and others keep theirs. */
export function stillOf(frames: HTMLVideoElement, region: Region): Still | null {
  const { videoWidth, videoHeight } = frames;
  const whole = document.createElement('canvas');
  whole.width = videoWidth;
  whole.height = videoHeight;
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  if (pen === null || videoWidth * videoHeight === 0 || !('captureStream' in canvas)) return null;
  whole.getContext('2d')?.drawImage(frames, 0, 0);
  let part = pixelsOf(region, whole);
  const draw = (): void => {
    const { x, y, width, height } = part;
    pen.drawImage(whole, x, y, width, height, 0, 0, width, height);
  };
  const frame = (chosen: Region): void => {
    part = pixelsOf(chosen, whole);
    canvas.width = part.width;
    canvas.height = part.height;
    draw();
  };
  frame(region);
  const [track] = canvas.captureStream().getVideoTracks();
  if (track === undefined) return null;
  track.contentHint = 'detail';
  draw();
  const timer = setInterval(draw, EVERY_MS);
  return {
    track,
    setRegion: frame,
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}
