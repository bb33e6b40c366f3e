import { describe, expect, it } from 'vitest';

import { pictureFit } from './picture-fit';

const WIDE = { width: 1280, height: 720 };
const TALL = { width: 720, height: 1280 };

describe('pictureFit', () => {
  it('fills while little is lost', () => {
    expect(pictureFit(WIDE, { width: 1280, height: 800 })).toBe('cover');
    expect(pictureFit({ width: 640, height: 480 }, { width: 1280, height: 800 })).toBe('cover');
  });

  it('shows a tall picture whole on a wide stage, and vice versa', () => {
    expect(pictureFit(TALL, { width: 1280, height: 800 })).toBe('contain');
    expect(pictureFit(WIDE, { width: 390, height: 800 })).toBe('contain');
  });

  it('fills while nothing is known', () => {
    expect(pictureFit(null, WIDE)).toBe('cover');
    expect(pictureFit({ width: 0, height: 0 }, WIDE)).toBe('cover');
    expect(pictureFit(WIDE, { width: 0, height: 0 })).toBe('cover');
  });
});
