import { describe, expect, it } from 'vitest';

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
const MARGINS = { side: 16, top: 20, bottom: 90 };

describe('cornerRect', () => {
  it.each([
    ['top-left', 16, 20],
    ['top-right', 784, 20],
    ['bottom-left', 16, 410],
    ['bottom-right', 784, 410],
  ] as const)('%s is at %i, %i', (corner, x, y) => {
    expect(cornerRect(corner, STAGE, PICTURE, MARGINS)).toEqual({ x, y, ...PICTURE });
  });
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
  it('keeps the proportions of the camera, and the stage for the other', () => {
    expect(cornerPictureSize(STAGE, null)).toEqual({ width: 200, height: 112.5 });
    const tall = cornerPictureSize(STAGE, { width: 480, height: 640 });
    expect(tall.width / tall.height).toBeCloseTo(3 / 4, 6);
    expect(tall.height).toBeLessThanOrEqual(STAGE.height * 0.34);
  });
});
