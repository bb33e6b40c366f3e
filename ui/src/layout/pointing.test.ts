// Points of a tile and fractions of its picture.

import { expect, it } from 'vitest';

import { fractionAt, pointerMoved } from './pointing';
import { pictureRect, WHOLE, zoomedAt } from './zoom';

const PICTURE = { width: 1920, height: 1080 };

it.each([
  ['whole', { width: 640, height: 480 }, 1],
  ['zoomed', { width: 640, height: 480 }, 4],
  ['small', { width: 200, height: 300 }, 2],
])('point_is_the_same_fraction: %s', (_, tile, by) => {
  const zoom = zoomedAt(PICTURE, tile, WHOLE, by, { x: 30, y: 170 });
  const shown = pictureRect(PICTURE, tile, zoom);
  const at = { x: shown.x + shown.width * 0.3, y: shown.y + shown.height * 0.8 };
  expect(fractionAt(shown, at)?.x).toBeCloseTo(0.3);
  expect(fractionAt(shown, at)?.y).toBeCloseTo(0.8);
});

it('beside_the_picture_is_no_point', () => {
  const shown = { x: 10, y: 0, width: 100, height: 50 };
  expect(fractionAt(shown, { x: 9, y: 10 })).toBeNull();
  expect(fractionAt(shown, { x: 60, y: 51 })).toBeNull();
  expect(fractionAt(shown, { x: 10, y: 50 })).toEqual({ x: 0, y: 1 });
});

it('keys_start_in_the_middle_and_stay_in_sight', () => {
  const tile = { width: 400, height: 300 };
  const shown = { x: -600, y: -300, width: 1600, height: 900 };
  expect(pointerMoved(null, { x: 0, y: 0 }, shown, tile)).toEqual({ x: 0.5, y: 0.5 });
  expect(pointerMoved(null, { x: 16, y: -9 }, shown, tile).x).toBeCloseTo(0.51);
  expect(pointerMoved(null, { x: 9_999, y: -9_999 }, shown, tile)).toEqual({
    x: 1000 / 1600,
    y: 300 / 900,
  });
});
