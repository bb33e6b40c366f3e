// The corner of the own video: initial corner, drop target and moves.

import { GAP, type Point, type Rect, type Size } from './rect';

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

/** Controls over the stage: header at the top, dock at the bottom centre. */
export interface StageOverlays {
  readonly header: Rect;
  /** Lower edge of the notices and bars of the header; 0 without any. */
  readonly notices: number;
  readonly dock: Rect;
}

const MARGIN = 16;

/** Never under the header or the dock; on a small stage the video is smaller. */
export function cornerRect(
  corner: Corner,
  stage: Size,
  picture: Size,
  { header, dock }: StageOverlays,
): Rect {
  const [vertical, horizontal] = parts(corner);
  // The header respects the safe area of a phone.
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

/** Height of the dock area, including the gap above. */
export function dockRow(stage: Size, dock: Rect): number {
  return dock.height === 0 ? MARGIN : stage.height - dock.y + GAP;
}

/** `centre` is the centre at release; `velocity` (px/ms) extends the movement. */
export function cornerFor(centre: Point, velocity: Point, stage: Size): Corner {
  const x = centre.x + velocity.x * THROW_MS;
  const y = centre.y + velocity.y * THROW_MS;
  return join(y < stage.height / 2 ? 'top' : 'bottom', x < stage.width / 2 ? 'left' : 'right');
}

/** The target corner of an arrow key; null for other keys. */
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

/** Clockwise; a press moves to the next. */
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

/** The largest size with these proportions that keeps the remote video visible. */
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
