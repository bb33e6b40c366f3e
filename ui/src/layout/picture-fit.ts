// Whether a video fills its tile (cropped) or is shown whole.

import type { Size } from './rect';

/** Maximum cropped share; beyond it a face may be cropped. */
const MOST_LOST = 0.42;

export function pictureFit(picture: Size | null, place: Size): 'cover' | 'contain' {
  if (picture === null || picture.width <= 0 || picture.height <= 0) return 'cover';
  if (place.width <= 0 || place.height <= 0) return 'cover';
  const own = picture.width / picture.height;
  const wanted = place.width / place.height;
  const kept = own > wanted ? wanted / own : own / wanted;
  return 1 - kept > MOST_LOST ? 'contain' : 'cover';
}
