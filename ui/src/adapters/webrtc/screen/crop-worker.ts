// Cuts a part out of one track, in a worker of its own: where the engine has streams of frames in
// workers only.

import type { FromCropWorker, ToCropWorker } from './crop-message';
import { FrameCutter } from './frame-cutter';
import { MediaStreamTrackProcessor, VideoTrackGenerator } from './mediacapture-transform';

interface Scope {
  postMessage(message: FromCropWorker, transfer: MediaStreamTrack[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToCropWorker>) => void): void;
}

// TypeScript's DOM library has no worker scope.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const scope = globalThis as unknown as Scope;
let cutter: FrameCutter | null = null;

scope.addEventListener('message', ({ data }) => {
  switch (data.type) {
    case 'begin': {
      const { track, region } = data;
      if (MediaStreamTrackProcessor === undefined || VideoTrackGenerator === undefined) {
        track.stop();
        return scope.postMessage({ type: 'impossible' }, []);
      }
      const made = new VideoTrackGenerator();
      cutter = new FrameCutter(made.writable, 'copy', region);
      void cutter.read(new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable);
      return scope.postMessage({ type: 'cropped', track: made.track }, [made.track]);
    }
    case 'region':
      return cutter?.setRegion(data.region);
  }
});
