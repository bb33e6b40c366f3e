// How large a tile shows a picture, in pixels of the screen: what is cropped off counts too.
//
// Invariant: whole steps, so that a window that is being resized asks for few sizes.

import { pictureFit } from './picture-fit';
import type { Tile } from './arrange';
import type { Size } from './rect';

/** Before the first frame, and near enough for most cameras after it. */
const CAMERA: Size = { width: 1280, height: 720 };
const STEP = 16;

export function shownSize({ rect, place }: Pick<Tile, 'rect' | 'place'>, pixelRatio: number): Size {
  const across = rect.width / CAMERA.width;
  const down = rect.height / CAMERA.height;
  const isCropped = pictureFit(CAMERA, rect, place) === 'cover';
  const scale = (isCropped ? Math.max(across, down) : Math.min(across, down)) * pixelRatio;
  return { width: whole(CAMERA.width * scale), height: whole(CAMERA.height * scale) };
}

function whole(pixels: number): number {
  return Math.max(STEP, Math.ceil(pixels / STEP) * STEP);
}
