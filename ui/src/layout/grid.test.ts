import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { gridCapacity, gridLayout, gridPage } from './grid';
import type { Rect } from './rect';

const GAP = 8;

function columnsOf(rects: readonly Rect[]): number {
  return new Set(rects.filter(({ y }) => y === rects[0]?.y).map(({ x }) => x)).size;
}

describe('gridLayout', () => {
  it.each([
    [2, 1280, 700, 2],
    [3, 1280, 700, 2],
    [4, 1280, 700, 2],
    [5, 1280, 700, 3],
    [6, 1280, 700, 3],
    [9, 1280, 700, 3],
    [2, 390, 700, 1],
    [3, 390, 700, 1],
    [4, 390, 700, 1],
    [5, 390, 700, 2],
    [9, 390, 700, 2],
    [3, 2400, 600, 3],
    [9, 720, 440, 3],
  ])('%i people on %i×%i stand in %i columns', (count, width, height, columns) => {
    expect(columnsOf(gridLayout(count, { width, height }, GAP))).toBe(columns);
  });

  it('has nothing to place for nobody or nowhere', () => {
    expect(gridLayout(0, { width: 100, height: 100 }, GAP)).toEqual([]);
    expect(gridLayout(3, { width: 0, height: 100 }, GAP)).toEqual([]);
  });

  it('centres a short last row', () => {
    const rects = gridLayout(5, { width: 1280, height: 700 }, GAP);
    const last = rects.slice(3);
    const left = last[0]?.x ?? 0;
    const right = 1280 - (last[1]?.x ?? 0) - (last[1]?.width ?? 0);
    expect(left).toBeCloseTo(right, 6);
  });

  it('keeps tiles equal, separate, on the stage, filling one side', () => {
    assert(
      property(
        integer({ min: 1, max: 30 }),
        integer({ min: 200, max: 3000 }),
        integer({ min: 200, max: 2000 }),
        (count, width, height) => {
          const rects = gridLayout(count, { width, height }, GAP);
          expect(rects).toHaveLength(count);
          for (const [index, rect] of rects.entries()) {
            expect(rect.width).toBe(rects[0]?.width);
            expect(rect.height).toBe(rects[0]?.height);
            expect(rect.x).toBeGreaterThanOrEqual(-1e-6);
            expect(rect.y).toBeGreaterThanOrEqual(-1e-6);
            expect(rect.x + rect.width).toBeLessThanOrEqual(width + 1e-6);
            expect(rect.y + rect.height).toBeLessThanOrEqual(height + 1e-6);
            for (const other of rects.slice(index + 1)) {
              const apart =
                rect.x + rect.width <= other.x + 1e-6 ||
                other.x + other.width <= rect.x + 1e-6 ||
                rect.y + rect.height <= other.y + 1e-6 ||
                other.y + other.height <= rect.y + 1e-6;
              expect(apart).toBe(true);
            }
          }
          const right = Math.max(...rects.map((rect) => rect.x + rect.width));
          const bottom = Math.max(...rects.map((rect) => rect.y + rect.height));
          const fills = Math.abs(right - width) < 1e-6 || Math.abs(bottom - height) < 1e-6;
          expect(fills).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('pages', () => {
  it.each([
    [9, 344, 596, 9],
    [9, 624, 264, 8],
    [2, 100, 80, 1],
  ])('of %i people on %i×%i, %i fit on a page', (count, width, height, fitting) => {
    expect(gridCapacity(count, { width, height }, GAP)).toBe(fitting);
  });

  it('gives the last page tiles of the same size', () => {
    const area = { width: 700, height: 400 };
    const [full] = gridPage(6, 6, area, GAP);
    const [last] = gridPage(1, 6, area, GAP);
    expect(last?.width).toBe(full?.width);
    expect(last?.height).toBe(full?.height);
    expect((last?.x ?? 0) + (last?.width ?? 0) / 2).toBeCloseTo(area.width / 2, 6);
  });
});
