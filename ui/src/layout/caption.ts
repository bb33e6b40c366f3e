// Where a tile's caption keeps clear of the own picture that lies in a corner of the stage.

import { GAP, type Rect } from './rect';

/** From the sides of the tile. */
export interface CaptionInsets {
  readonly left: number;
  readonly right: number;
  /** `one`: more lines would lie under the own picture. */
  readonly lines: 'any' | 'one';
}

/** A narrower caption says nothing: then it stays below the picture, in one line. */
const LEAST_WIDTH = 56;

export function captionInsets(tile: Rect, ownPicture: Rect | null): CaptionInsets {
  const usual = { left: GAP, right: GAP, lines: 'any' } as const;
  if (ownPicture === null || !overlaps(tile, ownPicture)) return usual;
  const isRight = ownPicture.x + ownPicture.width / 2 > tile.x + tile.width / 2;
  const insets: CaptionInsets = isRight
    ? { ...usual, right: tile.x + tile.width - ownPicture.x + GAP }
    : { ...usual, left: ownPicture.x + ownPicture.width - tile.x + GAP };
  const isNarrow = tile.width - insets.left - insets.right < LEAST_WIDTH;
  return isNarrow ? { ...usual, lines: 'one' } : insets;
}

function overlaps(a: Rect, b: Rect): boolean {
  const isBeside = a.x + a.width <= b.x || b.x + b.width <= a.x;
  return !isBeside && a.y + a.height > b.y && b.y + b.height > a.y;
}
