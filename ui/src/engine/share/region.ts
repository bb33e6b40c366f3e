// A part of a shared picture: a rectangle in fractions of it, so that it stays when the picture's
// size changes.
//
// Invariant: a region lies in the picture and is at least `MIN_PIXELS` wide and high, where the
// picture is. Its pixels are whole pairs, and none of them lies outside of the region.

/** From 0 to 1. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export const MIN_PIXELS = 16;
export const WHOLE: Region = { x: 0, y: 0, width: 1, height: 1 };
/** What is offered at first. */
export const MIDDLE: Region = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
/** Of a pixel: fractions are not exact. */
const ROUNDING = 1e-6;

/** The region with these corners, in any order. */
export function between(one: Point, other: Point, picture: Size): Region {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  const width = Math.max(one.x, other.x) - x;
  const height = Math.max(one.y, other.y) - y;
  return bounded({ x, y, width, height }, picture);
}

/** `by` in fractions. */
export function movedBy(region: Region, by: Point, picture: Size): Region {
  const { width, height } = region;
  const x = clamp(region.x + by.x, 0, 1 - width);
  const y = clamp(region.y + by.y, 0, 1 - height);
  return bounded({ x, y, width, height }, picture);
}

/** Its upper left corner stays. */
export function resizedBy(region: Region, by: Point, picture: Size): Region {
  const width = clamp(region.width + by.x, 0, 1 - region.x);
  const height = clamp(region.height + by.y, 0, 1 - region.y);
  return bounded({ ...region, width, height }, picture);
}

export type Edge = keyof Region;

/** With this edge or length in pixels. Another left or upper edge takes from the length. */
export function edited(region: Region, edge: Edge, pixels: number, picture: Size): Region {
  const isAcross = edge === 'x' || edge === 'width';
  const length = Math.max(1, isAcross ? picture.width : picture.height);
  const share = clamp(pixels / length, 0, 1);
  switch (edge) {
    case 'x': {
      const x = Math.min(share, 1 - least(length));
      return bounded({ ...region, x, width: Math.min(region.width, 1 - x) }, picture);
    }
    case 'y': {
      const y = Math.min(share, 1 - least(length));
      return bounded({ ...region, y, height: Math.min(region.height, 1 - y) }, picture);
    }
    case 'width':
      return bounded({ ...region, width: Math.min(share, 1 - region.x) }, picture);
    case 'height':
      return bounded({ ...region, height: Math.min(share, 1 - region.y) }, picture);
  }
}

export function bounded(region: Region, picture: Size): Region {
  const width = clamp(region.width, least(picture.width), 1);
  const height = clamp(region.height, least(picture.height), 1);
  const x = clamp(region.x, 0, 1 - width);
  const y = clamp(region.y, 0, 1 - height);
  return { x, y, width, height };
}

/** The least share of a length. */
function least(length: number): number {
  return Math.min(1, MIN_PIXELS / Math.max(1, length));
}

/** In pixels of a picture, as video with half of the colours has them: in pairs. */
export function pixelsOf(region: Region, picture: Size): Region {
  const across = pairs(region.x, region.width, picture.width);
  const down = pairs(region.y, region.height, picture.height);
  return { x: across.from, y: down.from, width: across.length, height: down.length };
}

function pairs(from: number, share: number, length: number): { from: number; length: number } {
  const first = 2 * Math.ceil((from * length) / 2 - ROUNDING);
  const end = 2 * Math.floor(((from + share) * length) / 2 + ROUNDING);
  const last = 2 * Math.floor(length / 2);
  const begin = clamp(first, 0, Math.max(0, last - 2));
  return { from: begin, length: clamp(end, begin + 2, Math.max(begin + 2, last)) - begin };
}

/** What is no number becomes the lower limit. */
function clamp(value: number, low: number, high: number): number {
  return value > low ? Math.min(value, Math.max(low, high)) : low;
}
