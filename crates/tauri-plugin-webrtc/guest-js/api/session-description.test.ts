import { expect, test } from 'vitest';

import { SessionDescription } from './session-description.ts';

// Chromium still takes a description without a type.
test('a description needs its argument and a type', () => {
  expect(SessionDescription).toHaveLength(1);
  for (const given of [[], [{}], [{ sdp: '' }], [null]]) {
    expect(() => Reflect.construct(SessionDescription, given)).toThrow(TypeError);
  }
  expect(new SessionDescription({ type: 'offer' }).toJSON()).toEqual({ type: 'offer', sdp: '' });
});
