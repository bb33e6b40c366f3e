import { expect, test } from 'vitest';

import { captionInsets } from './caption';

const TILE = { x: 100, y: 0, width: 300, height: 200 };
const OWN = { width: 100, height: 60 };

test.each([
  ['beside', { x: 400, y: 20 }, { left: 8, right: 8, lines: 'any' }],
  ['below', { x: 200, y: 200 }, { left: 8, right: 8, lines: 'any' }],
  ['at the right', { x: 290, y: 120 }, { left: 8, right: 118, lines: 'any' }],
  ['at the left', { x: 110, y: 120 }, { left: 118, right: 8, lines: 'any' }],
])('caption_is_clear_of_a_picture: %s', (_, at, insets) => {
  expect(captionInsets(TILE, { ...OWN, ...at })).toEqual(insets);
});

test('caption_of_a_narrow_tile_keeps_its_width_in_one_line', () => {
  const narrow = { ...TILE, width: 120 };
  const usual = { left: 8, right: 8 };
  expect(captionInsets(narrow, { ...OWN, x: 140, y: 120 })).toEqual({ ...usual, lines: 'one' });
  expect(captionInsets(narrow, null)).toEqual({ ...usual, lines: 'any' });
});
