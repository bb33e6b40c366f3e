import { expect, test } from 'vitest';

import { capacityOf } from './capacity';

test.each([
  [0, null, { withAudio: 1, withVideo: 1 }],
  [300_000, null, { withAudio: 11, withVideo: 2 }],
  [1_000_000, null, { withAudio: 12, withVideo: 7 }],
  [50_000_000, null, { withAudio: 12, withVideo: 8 }],
  [50_000_000, 20, { withAudio: 12, withVideo: 3 }],
  [50_000_000, 2, { withAudio: 12, withVideo: 8 }],
])('line_of_%i_and_%s_ms_a_frame_carry_people', (line, encodeMs, people) => {
  expect(capacityOf(line, encodeMs)).toEqual(people);
});
