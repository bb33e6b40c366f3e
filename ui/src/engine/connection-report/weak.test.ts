import { expect, test } from 'vitest';

import { statistics } from './testing/statistics';
import { isWeak } from './weak';

/** A letter a second: good, slow, losing, unknown. */
function history(letters: string) {
  let packetsLost = 0;
  return letters.split('').map((letter, second) => {
    if (letter === 'l') packetsLost += 20;
    const roundTripMs = letter === '?' ? null : letter === 's' ? 900 : 20;
    return statistics({ at: second * 1000, packetsLost, roundTripMs });
  });
}

test.each([
  ['', false],
  ['g', false],
  ['sss', false],
  ['ggggg', false],
  ['ggsgg', false],
  ['ggssg', false],
  ['gssss', true],
  ['gllll', true],
  ['gsgsl', true],
  ['ssssg', true],
  ['sssgg', false],
  ['?????', false],
])('history_%s_is_weak_%s', (letters, weak) => {
  expect(isWeak(history(letters))).toBe(weak);
});
