// A part of a track as a track of its own, by what the engine has: streams of frames on the page
// (Chromium) or in a worker (WebKit), else a canvas (Firefox).
//
// Invariant: the track has no pixel outside of the region. `stop` ends it and whatever feeds it.

import { pixelsOf, type Region } from '../../../engine/share/region';
import type { FromCropWorker, ToCropWorker } from './crop-message';
import { FrameCutter } from './frame-cutter';
import { MediaStreamTrackGenerator, MediaStreamTrackProcessor } from './mediacapture-transform';

export interface Crop {
  readonly track: MediaStreamTrack;
  setRegion(region: Region): void;
  stop(): void;
}

const WORKER_WAIT_MS = 5_000;
const CANVAS_MS = 66;

/** `frames` plays the track. Null where the engine has nothing for it. */
export async function cropOf(
  track: MediaStreamTrack,
  frames: HTMLVideoElement,
  region: Region,
): Promise<Crop | null> {
  return onPage(track, region) ?? (await inWorker(track, region)) ?? onCanvas(frames, region);
}

function onPage(track: MediaStreamTrack, region: Region): Crop | null {
  if (MediaStreamTrackProcessor === undefined || MediaStreamTrackGenerator === undefined) {
    return null;
  }
  const copy = track.clone();
  const made = new MediaStreamTrackGenerator({ kind: 'video' });
  const cutter = new FrameCutter(made.writable, 'view', region);
  void cutter.read(new MediaStreamTrackProcessor({ track: copy, maxBufferSize: 1 }).readable);
  return {
    track: made,
    setRegion: (next) => cutter.setRegion(next),
    stop() {
      cutter.close();
      copy.stop();
      made.stop();
    },
  };
}

function inWorker(track: MediaStreamTrack, region: Region): Promise<Crop | null> {
  const worker = new Worker(new URL('./crop-worker.ts', import.meta.url), { type: 'module' });
  const copy = track.clone();
  const post = (message: ToCropWorker, transfer: Transferable[]): void => {
    worker.postMessage(message, transfer);
  };
  return new Promise((resolve) => {
    const fail = (): void => {
      clearTimeout(timer);
      worker.terminate();
      copy.stop();
      resolve(null);
    };
    const timer = setTimeout(fail, WORKER_WAIT_MS);
    worker.addEventListener('error', fail);
    worker.addEventListener('message', ({ data }: MessageEvent<FromCropWorker>) => {
      if (data.type === 'impossible') return fail();
      clearTimeout(timer);
      const made = data.track;
      resolve({
        track: made,
        setRegion: (next) => post({ type: 'region', region: next }, []),
        stop() {
          made.stop();
          worker.terminate();
        },
      });
    });
    try {
      // Only a few engines transfer tracks.
      post({ type: 'begin', track: copy, region }, [copy]);
    } catch {
      fail();
    }
  });
}

function onCanvas(frames: HTMLVideoElement, region: Region): Crop | null {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d', { alpha: false });
  if (pen === null || !('captureStream' in canvas)) return null;
  let shown = region;
  const draw = (): void => {
    const { videoWidth: width, videoHeight: height } = frames;
    if (width === 0 || height === 0) return;
    const part = pixelsOf(shown, { width, height });
    if (canvas.width !== part.width) canvas.width = part.width;
    if (canvas.height !== part.height) canvas.height = part.height;
    pen.drawImage(frames, part.x, part.y, part.width, part.height, 0, 0, part.width, part.height);
  };
  draw();
  const [track] = canvas.captureStream().getVideoTracks();
  if (track === undefined) return null;
  const timer = setInterval(draw, CANVAS_MS);
  return {
    track,
    setRegion(next) {
      shown = next;
      draw();
    },
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}
