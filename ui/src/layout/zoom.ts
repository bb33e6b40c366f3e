// Where a shared picture lies in its tile: whole and never larger than it is, unless it is zoomed.
//
// Invariant: a picture that is larger than its tile covers it; a smaller one is in its middle.

import type { Point, Rect, Size } from './rect';

export interface Zoom {
  /** 1 is whole. */
  readonly factor: number;
  /** The point of the picture in the middle of the tile, from 0 to 1. */
  readonly centre: Point;
}

export const WHOLE: Zoom = { factor: 1, centre: { x: 0.5, y: 0.5 } };
export const ZOOM_STEP = 1.25;
const MOST = 8;

export function pictureRect(picture: Size, tile: Size, { factor, centre }: Zoom): Rect {
  const scale = Math.min(1, tile.width / picture.width, tile.height / picture.height) * factor;
  const width = picture.width * scale;
  const height = picture.height * scale;
  return {
    x: offset(width, tile.width, centre.x),
    y: offset(height, tile.height, centre.y),
    width,
    height,
  };
}

/** For each pixel of a wheel. */
const WHEEL = 0.0015;
/** Browsers tell a pinch on a touchpad as a wheel with Ctrl: a hundredth of the logarithm. */
const PINCH = 0.01;

/** What a wheel event zooms by. One event is a step at most, as wheels differ in their pixels. */
export function wheelZoom({ deltaY, ctrlKey }: Pick<WheelEvent, 'deltaY' | 'ctrlKey'>): number {
  const by = Math.exp(-deltaY * (ctrlKey ? PINCH : WHEEL));
  return Math.min(ZOOM_STEP, Math.max(1 / ZOOM_STEP, by));
}

/** `at` is a point of the tile that stays where it is, in pixels. */
export function zoomedAt(picture: Size, tile: Size, zoom: Zoom, by: number, at: Point): Zoom {
  const factor = Math.min(MOST, Math.max(1, zoom.factor * by));
  if (factor === 1) return WHOLE;
  const before = pictureRect(picture, tile, zoom);
  const after = pictureRect(picture, tile, { ...zoom, factor });
  const held = { x: (at.x - before.x) / before.width, y: (at.y - before.y) / before.height };
  return inside(picture, tile, {
    factor,
    centre: {
      x: held.x - (at.x - tile.width / 2) / after.width,
      y: held.y - (at.y - tile.height / 2) / after.height,
    },
  });
}

/** `by` in pixels: the picture follows the pointer. */
export function pannedBy(picture: Size, tile: Size, zoom: Zoom, by: Point): Zoom {
  const { width, height } = pictureRect(picture, tile, zoom);
  const { x, y } = zoom.centre;
  return inside(picture, tile, {
    ...zoom,
    centre: { x: x - by.x / width, y: y - by.y / height },
  });
}

/** The centre at which nothing beside the picture is shown. */
function inside(picture: Size, tile: Size, zoom: Zoom): Zoom {
  const { width, height } = pictureRect(picture, tile, zoom);
  const { x, y } = zoom.centre;
  return {
    ...zoom,
    centre: { x: bounded(x, width, tile.width), y: bounded(y, height, tile.height) },
  };
}

function bounded(centre: number, picture: number, tile: number): number {
  if (picture <= tile) return 0.5;
  const half = tile / 2 / picture;
  return Math.min(1 - half, Math.max(half, centre));
}

function offset(picture: number, tile: number, centre: number): number {
  if (picture <= tile) return (tile - picture) / 2;
  return Math.min(0, Math.max(tile - picture, tile / 2 - centre * picture));
}
