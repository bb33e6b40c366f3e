// Rectangles and sizes, in CSS pixels.

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The space between tiles, and between tiles and the edge of the stage. */
export const GAP = 8;

export function moved<T extends Rect>(rect: T, by: Point): T {
  return { ...rect, x: rect.x + by.x, y: rect.y + by.y };
}
