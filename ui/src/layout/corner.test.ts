import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import {
  cornerByKey,
  cornerFor,
  cornerPictureSize,
  cornerRect,
  nextCorner,
  type Corner,
} from './corner';

const STAGE = { width: 1000, height: 600 };
const PICTURE = { width: 200, height: 100 };
const OVER = {
  header: { x: 12, y: 12, width: 300, height: 32 },
  notices: 0,
  dock: { x: 340, y: 524, width: 320, height: 64 },
};

describe('cornerRect', () => {
  it.each([
    ['top-left', 16, 52],
    ['top-right', 784, 52],
    ['bottom-left', 16, 484],
    ['bottom-right', 784, 484],
  ] as const)('%s is at %i, %i', (corner, x, y) => {
    expect(cornerRect(corner, STAGE, PICTURE, OVER)).toEqual({ x, y, ...PICTURE });
  });
});

test('own_picture_in_no_corner_lies_under_header_or_dock', () => {
  const corners: Corner[] = ['top-left', 'top-right', 'bottom-left', 'bottom-right'];
  fc.assert(
    fc.property(
      fc.integer({ min: 320, max: 2560 }),
      fc.integer({ min: 240, max: 1440 }),
      fc.integer({ min: 32, max: 400 }),
      fc.integer({ min: 0, max: 48 }),
      fc.constantFrom(...corners),
      (width, height, headerHeight, inset, corner) => {
        const stage = { width, height };
        const header = { x: 12, y: 12 + inset, width: width - 24, height: headerHeight };
        const dock = { x: 0, y: height - 76 - inset, width: 316, height: 64 };
        const rect = cornerRect(corner, stage, cornerPictureSize(stage, null), {
          header,
          notices: 0,
          dock,
        });
        const dockLeft = (width - dock.width) / 2;
        const isBeside = rect.x + rect.width <= dockLeft || rect.x >= dockLeft + dock.width;
        if (rect.height > 0) expect(rect.y).toBeGreaterThanOrEqual(header.y + header.height);
        if (!isBeside && rect.height > 0) expect(rect.y + rect.height).toBeLessThanOrEqual(dock.y);
      },
    ),
  );
});

describe('cornerFor', () => {
  const still = { x: 0, y: 0 };
  it.each([
    [{ x: 100, y: 100 }, still, 'top-left'],
    [{ x: 900, y: 100 }, still, 'top-right'],
    [{ x: 499, y: 301 }, still, 'bottom-left'],
    [{ x: 501, y: 301 }, still, 'bottom-right'],
    // Thrown: it flies on in its direction.
    [{ x: 400, y: 100 }, { x: 1.5, y: 0 }, 'top-right'],
    [{ x: 900, y: 250 }, { x: 0, y: 2 }, 'bottom-right'],
  ] as const)('let go at %j with %j it goes %s', (centre, velocity, corner) => {
    expect(cornerFor(centre, velocity, STAGE)).toBe(corner);
  });
});

describe('cornerByKey', () => {
  it.each([
    ['top-left', 'ArrowRight', 'top-right'],
    ['top-left', 'ArrowDown', 'bottom-left'],
    ['bottom-right', 'ArrowUp', 'top-right'],
    ['bottom-right', 'ArrowLeft', 'bottom-left'],
    ['top-left', 'ArrowUp', 'top-left'],
  ] as const)('from %s, %s leads to %s', (from, key, to) => {
    expect(cornerByKey(from, key)).toBe(to);
  });

  it('leaves other keys alone', () => {
    expect(cornerByKey('top-left', 'Enter')).toBeNull();
  });
});

describe('nextCorner', () => {
  it('comes round after four', () => {
    let corner: Corner = 'top-left';
    const seen = new Set<Corner>();
    for (let step = 0; step < 4; step += 1) {
      corner = nextCorner(corner);
      seen.add(corner);
    }
    expect(seen.size).toBe(4);
    expect(corner).toBe('top-left');
  });
});

describe('cornerPictureSize', () => {
  it('keeps the proportions of the camera and the stage free', () => {
    expect(cornerPictureSize(STAGE, null)).toEqual({ width: 200, height: 112.5 });
    const tall = cornerPictureSize(STAGE, { width: 480, height: 640 });
    expect(tall.width / tall.height).toBeCloseTo(3 / 4, 6);
    expect(tall.height).toBeLessThanOrEqual(STAGE.height * 0.34);
  });
});
