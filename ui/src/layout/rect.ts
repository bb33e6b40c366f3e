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

/** The largest rectangle of this aspect ratio (width to height) in the middle of the area. */
export function fitted(aspect: number, area: Rect): Rect {
  const width = Math.max(0, Math.min(area.width, area.height * aspect));
  const height = width / aspect;
  return {
    x: area.x + (area.width - width) / 2,
    y: area.y + (area.height - height) / 2,
    width,
    height,
  };
}
