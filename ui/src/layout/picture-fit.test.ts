import { describe, expect, it } from 'vitest';

import { NARROWEST, WIDEST } from './grid';
import { pictureFit } from './picture-fit';

const WIDE = { width: 1280, height: 720 };
const TALL = { width: 720, height: 1280 };

describe('pictureFit', () => {
  it('fills while little is lost', () => {
    expect(pictureFit(WIDE, { width: 1280, height: 800 }, 'full')).toBe('cover');
    expect(pictureFit({ width: 640, height: 480 }, { width: 1280, height: 800 }, 'full')).toBe(
      'cover',
    );
  });

  it('shows a tall picture whole on a wide stage, and vice versa', () => {
    expect(pictureFit(TALL, { width: 1280, height: 800 }, 'full')).toBe('contain');
    expect(pictureFit(WIDE, { width: 390, height: 800 }, 'full')).toBe('contain');
  });

  it('crops a wide picture in any tile of a grid', () => {
    for (const aspect of [NARROWEST, 1, WIDEST]) {
      const tile = { width: 200 * aspect, height: 200 };
      expect(pictureFit(WIDE, tile, 'grid')).toBe('cover');
    }
    expect(pictureFit(TALL, { width: 400, height: 200 }, 'grid')).toBe('contain');
  });

  it('fills while nothing is known', () => {
    expect(pictureFit(null, WIDE, 'full')).toBe('cover');
    expect(pictureFit({ width: 0, height: 0 }, WIDE, 'full')).toBe('cover');
    expect(pictureFit(WIDE, { width: 0, height: 0 }, 'full')).toBe('cover');
  });
});
