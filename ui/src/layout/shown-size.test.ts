import { expect, test } from 'vitest';

import { shownSize } from './shown-size';

test.each([
  ['grid_tile', 'grid', 640, 360, 1, { width: 640, height: 368 }],
  ['dense_screen', 'grid', 640, 360, 2, { width: 1280, height: 720 }],
  ['cropped_sides_count', 'grid', 320, 320, 1, { width: 576, height: 320 }],
  ['upright_phone_shows_it_whole', 'full', 360, 740, 1, { width: 368, height: 208 }],
  ['nothing_yet', 'full', 0, 0, 1, { width: 16, height: 16 }],
] as const)('%s', (_, place, width, height, ratio, size) => {
  expect(shownSize({ place, rect: { x: 0, y: 0, width, height } }, ratio)).toEqual(size);
});
