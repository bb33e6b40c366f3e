// Where a shared picture lies in its tile, whole and zoomed.

import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { pannedBy, pictureRect, wheelZoom, WHOLE, ZOOM_STEP, zoomedAt } from './zoom';

const HD = { width: 1920, height: 1080 };
const SMALL = { width: 640, height: 360 };
const TILE = { width: 960, height: 600 };

test.each([
  ['large_picture_is_whole', HD, { x: 0, y: 30, width: 960, height: 540 }],
  ['small_picture_keeps_its_size', SMALL, { x: 160, y: 120, width: 640, height: 360 }],
  [
    'upright_picture_is_whole',
    { width: 600, height: 1200 },
    { x: 330, y: 0, width: 300, height: 600 },
  ],
])('%s', (_, picture, rect) => {
  expect(pictureRect(picture, TILE, WHOLE)).toEqual(rect);
});

test('pinch_on_a_touchpad_zooms_as_far_as_the_fingers', () => {
  // Twice as far apart, in 20 events.
  const events = Array.from({ length: 20 }, () => ({ deltaY: -5 * Math.log(2), ctrlKey: true }));
  expect(events.reduce((factor, event) => factor * wheelZoom(event), 1)).toBeCloseTo(2, 6);
});

test.each([
  ['in', -120, 1.19, 1.21],
  ['out', 120, 0.82, 0.84],
  ['in_at_most_a_step', -5000, ZOOM_STEP, ZOOM_STEP],
  ['out_at_most_a_step', 5000, 1 / ZOOM_STEP, 1 / ZOOM_STEP],
])('wheel_zooms_%s', (_, deltaY, least, most) => {
  const by = wheelZoom({ deltaY, ctrlKey: false });
  expect(by).toBeGreaterThanOrEqual(least);
  expect(by).toBeLessThanOrEqual(most);
});

describe('zoom', () => {
  it('keeps_the_point_under_the_pointer', () => {
    const at = { x: 300, y: 200 };
    const zoom = zoomedAt(HD, TILE, WHOLE, 3, at);
    const before = pictureRect(HD, TILE, WHOLE);
    const after = pictureRect(HD, TILE, zoom);
    expect((at.x - after.x) / after.width).toBeCloseTo((at.x - before.x) / before.width, 6);
    expect((at.y - after.y) / after.height).toBeCloseTo((at.y - before.y) / before.height, 6);
  });

  it('out_again_is_whole', () => {
    const zoom = zoomedAt(HD, TILE, WHOLE, 2, { x: 0, y: 0 });
    expect(zoomedAt(HD, TILE, zoom, 0.1, { x: 0, y: 0 })).toEqual(WHOLE);
  });

  it('covers_the_tile_wherever_it_is_moved', () => {
    const pixels = fc.integer({ min: -3000, max: 3000 });
    fc.assert(
      fc.property(pixels, pixels, fc.double({ min: 2, max: 8, noNaN: true }), (x, y, by) => {
        const zoom = zoomedAt(HD, TILE, WHOLE, by, { x: 480, y: 300 });
        const rect = pictureRect(HD, TILE, pannedBy(HD, TILE, zoom, { x, y }));
        expect(rect.x).toBeLessThanOrEqual(0);
        expect(rect.y).toBeLessThanOrEqual(0);
        expect(rect.x + rect.width).toBeGreaterThanOrEqual(TILE.width - 1e-6);
        expect(rect.y + rect.height).toBeGreaterThanOrEqual(TILE.height - 1e-6);
      }),
    );
  });
});
