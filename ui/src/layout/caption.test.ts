import { expect, test } from 'vitest';

import { captionInsets } from './caption';

const TILE = { x: 100, y: 0, width: 300, height: 200 };
const OWN = { width: 100, height: 60 };

test.each([
  ['beside', { x: 400, y: 20 }, { left: 8, right: 8 }],
  ['below', { x: 200, y: 200 }, { left: 8, right: 8 }],
  ['at the right', { x: 290, y: 120 }, { left: 8, right: 118 }],
  ['at the left', { x: 110, y: 120 }, { left: 118, right: 8 }],
])('caption_is_clear_of_a_picture: %s', (_, at, insets) => {
  expect(captionInsets(TILE, { ...OWN, ...at })).toEqual(insets);
});

test('caption_of_a_narrow_tile_keeps_its_width', () => {
  const narrow = { ...TILE, width: 120 };
  expect(captionInsets(narrow, { ...OWN, x: 140, y: 120 })).toEqual({ left: 8, right: 8 });
  expect(captionInsets(narrow, null)).toEqual({ left: 8, right: 8 });
});
