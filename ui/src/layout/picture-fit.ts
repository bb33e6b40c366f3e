// Whether a video fills its tile (cropped) or is shown whole.

import type { TilePlace } from './arrange';
import type { Size } from './rect';

/** Maximum cropped share of a video that fills the stage; beyond it a face may be cropped. */
const MOST_LOST = 0.42;
/** Tiles side by side are calmer without bars, and the person can show a picture whole. */
const MOST_LOST_BESIDE = 0.6;

export function pictureFit(
  picture: Size | null,
  rect: Size,
  place: TilePlace,
): 'cover' | 'contain' {
  if (picture === null || picture.width <= 0 || picture.height <= 0) return 'cover';
  if (rect.width <= 0 || rect.height <= 0) return 'cover';
  const own = picture.width / picture.height;
  const wanted = rect.width / rect.height;
  const kept = own > wanted ? wanted / own : own / wanted;
  return 1 - kept > (place === 'full' ? MOST_LOST : MOST_LOST_BESIDE) ? 'contain' : 'cover';
}
