// Whether a picture fills its place by losing its edges, or is shown whole.

import type { Size } from './grid-layout';

/** Beyond this share of the picture lost, a face may be what is lost. */
const MOST_LOST = 0.42;

export function pictureFit(picture: Size | null, place: Size): 'cover' | 'contain' {
  if (picture === null || picture.width <= 0 || picture.height <= 0) return 'cover';
  if (place.width <= 0 || place.height <= 0) return 'cover';
  const own = picture.width / picture.height;
  const wanted = place.width / place.height;
  const kept = own > wanted ? wanted / own : own / wanted;
  return 1 - kept > MOST_LOST ? 'contain' : 'cover';
}
