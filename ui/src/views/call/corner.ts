// In which corner one's own picture lies, and to which one it goes when it is let go or moved.

import type { Rect, Size } from './grid-layout';

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What lies over the stage: the header at its top, the dock in the middle of its foot. */
export interface StageOverlays {
  readonly header: Rect;
  readonly dock: Rect;
}

const MARGIN = 16;
const GAP = 8;

/** Never under the header or the dock, however small the stage: then the picture is smaller, too. */
export function cornerRect(
  corner: Corner,
  stage: Size,
  picture: Size,
  { header, dock }: StageOverlays,
): Rect {
  const [vertical, horizontal] = parts(corner);
  // The header keeps its distance from a phone's edges, rounded corners and all.
  const side = Math.max(MARGIN, header.x);
  const top = header.y + header.height + GAP;
  const free = (stage.width - dock.width) / 2 - side - GAP;
  const row = dockRow(stage, dock);
  const bottom = picture.width <= free ? Math.max(MARGIN, row - dock.height - GAP) : row;
  const scale = Math.max(0, Math.min(1, (stage.height - top - bottom) / picture.height));
  const size = { width: picture.width * scale, height: picture.height * scale };
  return {
    x: horizontal === 'left' ? side : stage.width - size.width - side,
    y: vertical === 'top' ? top : stage.height - size.height - bottom,
    ...size,
  };
}

/** How high the stage's foot is that the dock takes, with a gap over it. */
export function dockRow(stage: Size, dock: Rect): number {
  return dock.height === 0 ? MARGIN : stage.height - dock.y + GAP;
}

/** `centre` is the picture's middle when it is let go, `velocity` in px/ms throws it on. */
export function cornerFor(centre: Point, velocity: Point, stage: Size): Corner {
  const x = centre.x + velocity.x * THROW_MS;
  const y = centre.y + velocity.y * THROW_MS;
  return join(y < stage.height / 2 ? 'top' : 'bottom', x < stage.width / 2 ? 'left' : 'right');
}

/** The corner an arrow key leads to; null for every other key. */
export function cornerByKey(corner: Corner, key: string): Corner | null {
  const [vertical, horizontal] = parts(corner);
  switch (key) {
    case 'ArrowLeft':
      return join(vertical, 'left');
    case 'ArrowRight':
      return join(vertical, 'right');
    case 'ArrowUp':
      return join('top', horizontal);
    case 'ArrowDown':
      return join('bottom', horizontal);
    default:
      return null;
  }
}

/** Clockwise; a press without a drag goes on by one. */
export function nextCorner(corner: Corner): Corner {
  switch (corner) {
    case 'top-left':
      return 'top-right';
    case 'top-right':
      return 'bottom-right';
    case 'bottom-right':
      return 'bottom-left';
    case 'bottom-left':
      return 'top-left';
  }
}

/** The largest picture of these proportions that leaves the other person the stage. */
export function cornerPictureSize(stage: Size, picture: Size | null): Size {
  const ratio = Math.min(
    16 / 9,
    Math.max(3 / 4, picture ? picture.width / picture.height : 16 / 9),
  );
  const width = Math.min(260, Math.max(112, stage.width * 0.2));
  const height = width / ratio;
  const highest = stage.height * 0.34;
  if (height <= highest) return { width, height };
  return { width: highest * ratio, height: highest };
}

const THROW_MS = 120;

function parts(corner: Corner): ['top' | 'bottom', 'left' | 'right'] {
  switch (corner) {
    case 'top-left':
      return ['top', 'left'];
    case 'top-right':
      return ['top', 'right'];
    case 'bottom-left':
      return ['bottom', 'left'];
    case 'bottom-right':
      return ['bottom', 'right'];
  }
}

function join(vertical: 'top' | 'bottom', horizontal: 'left' | 'right'): Corner {
  return `${vertical}-${horizontal}`;
}
