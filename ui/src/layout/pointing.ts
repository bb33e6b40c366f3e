// Points of a tile as fractions of the picture in it, from 0 to 1.
//
// Invariant: independent of zoom and size: the same point of the picture is the same fraction.

import type { Point, Rect, Size } from './rect';

const MIDDLE: Point = { x: 0.5, y: 0.5 };

/** Null beside the picture. `shown` is where the whole picture lies in the tile. */
export function fractionAt(shown: Rect, at: Point): Point | null {
  const x = (at.x - shown.x) / shown.width;
  const y = (at.y - shown.y) / shown.height;
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null;
}

/** A pointer moved by pixels of the tile, which stays in the part of the picture that is seen. */
export function pointerMoved(from: Point | null, by: Point, shown: Rect, tile: Size): Point {
  const { x, y } = from ?? seenMiddle(shown, tile);
  return {
    x: seen(x + by.x / shown.width, shown.x, shown.width, tile.width),
    y: seen(y + by.y / shown.height, shown.y, shown.height, tile.height),
  };
}

function seenMiddle(shown: Rect, tile: Size): Point {
  return fractionAt(shown, { x: tile.width / 2, y: tile.height / 2 }) ?? MIDDLE;
}

function seen(at: number, offset: number, picture: number, tile: number): number {
  const first = Math.max(0, -offset / picture);
  const last = Math.min(1, (tile - offset) / picture);
  return Math.min(last, Math.max(first, at));
}
