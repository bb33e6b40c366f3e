// A part of a shared picture, in fractions and in pixels.

import { expect, test } from 'vitest';

import { between, bounded, edited, movedBy, pixelsOf, resizedBy, type Region } from './region';

const PICTURE = { width: 1280, height: 800 };

function region(x: number, y: number, width: number, height: number): Region {
  return { x, y, width, height };
}

function ofPixels(x: number, y: number, width: number, height: number): Region {
  return region(
    x / PICTURE.width,
    y / PICTURE.height,
    width / PICTURE.width,
    height / PICTURE.height,
  );
}

test.each([
  ['whole', region(0, 0, 1, 1), [0, 0, 1280, 800]],
  ['even', ofPixels(40, 60, 320, 200), [40, 60, 320, 200]],
  ['odd', ofPixels(41, 61, 321, 201), [42, 62, 320, 200]],
  ['odd_end', ofPixels(40, 60, 321, 201), [40, 60, 320, 200]],
  ['at_the_edge', region(0.99, 0.99, 0.01, 0.01), [1268, 792, 12, 8]],
])('pixels_of_%s', (_, of, [x, y, width, height]) => {
  expect(pixelsOf(of, PICTURE)).toEqual({ x, y, width, height });
});

test('pixels_lie_in_region_and_picture', () => {
  for (let at = 0; at < 400; at += 1) {
    const picture = { width: 17 + at, height: 900 - at };
    const x = (at * 0.0137) % 0.9;
    const of = bounded(region(x, x / 2, 0.05 + x / 3, 0.3), picture);
    const { x: left, y: top, width, height } = pixelsOf(of, picture);
    expect([left, top, width, height].every((one) => one % 2 === 0)).toBe(true);
    expect(Math.min(width, height)).toBeGreaterThan(0);
    expect(left).toBeGreaterThanOrEqual(of.x * picture.width - 0.01);
    expect(left + width).toBeLessThanOrEqual((of.x + of.width) * picture.width + 0.01);
    expect(top + height).toBeLessThanOrEqual((of.y + of.height) * picture.height + 0.01);
  }
});

test('typed_numbers_are_kept_where_they_fit', () => {
  let typed = region(0.25, 0.25, 0.5, 0.5);
  const numbers = [
    ['x', 40],
    ['y', 60],
    ['width', 320],
    ['height', 200],
  ] as const;
  for (const [edge, pixels] of numbers) typed = edited(typed, edge, pixels, PICTURE);
  expect(pixelsOf(typed, PICTURE)).toEqual({ x: 40, y: 60, width: 320, height: 200 });
  const beyond = edited(typed, 'width', 9000, PICTURE);
  expect(pixelsOf(beyond, PICTURE)).toEqual({ x: 40, y: 60, width: 1240, height: 200 });
  const last = edited(typed, 'x', 9000, PICTURE);
  expect(pixelsOf(last, PICTURE)).toEqual({ x: 1264, y: 60, width: 16, height: 200 });
});

test('region_stays_in_the_picture', () => {
  const own = ofPixels(100, 100, 200, 100);
  expect(movedBy(own, { x: -1, y: 1 }, PICTURE)).toEqual(
    expect.objectContaining({ x: 0, y: 1 - 100 / 800 }),
  );
  const wider = resizedBy(own, { x: 2, y: -2 }, PICTURE);
  expect(pixelsOf(wider, PICTURE)).toEqual({ x: 100, y: 100, width: 1180, height: 16 });
  expect(between({ x: 0.5, y: 0.5 }, { x: 0.25, y: 0.75 }, PICTURE)).toEqual(
    region(0.25, 0.5, 0.25, 0.25),
  );
  expect(bounded(region(Number.NaN, -3, 7, 0), PICTURE)).toEqual(region(0, 0, 1, 16 / 800));
});
