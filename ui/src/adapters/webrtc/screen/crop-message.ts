// Messages between the page and the worker that cuts a part out of a track.

import type { Region } from '../../../engine/share/region';

export type ToCropWorker =
  | { readonly type: 'begin'; readonly track: MediaStreamTrack; readonly region: Region }
  | { readonly type: 'region'; readonly region: Region };

export type FromCropWorker =
  | { readonly type: 'cropped'; readonly track: MediaStreamTrack }
  /** The engine has no streams of frames in workers. */
  | { readonly type: 'impossible' };
