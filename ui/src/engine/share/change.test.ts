// What a shared picture is, from how much of it changes.

import { expect, test } from 'vitest';

import { changedShare, FEW_CHANGES, withChange, type Changes } from './change';

function picture(...greys: readonly number[]): Uint8ClampedArray {
  return new Uint8ClampedArray(greys.flatMap((grey) => [grey, grey, grey, 255]));
}

function after(before: Changes, shares: readonly number[]): Changes {
  return shares.reduce(withChange, before);
}

const film = Array.from({ length: 12 }, () => 0.4);
const page = Array.from({ length: 12 }, () => 0.001);

test.each([
  ['equal', [0, 90, 200, 255], [0, 90, 200, 255], 0],
  ['noise', [0, 90, 200, 255], [9, 80, 210, 246], 0],
  ['half', [0, 0, 255, 255], [0, 0, 0, 0], 0.5],
  ['all', [0, 0], [255, 255], 1],
  ['empty', [], [], 0],
] as const)('changed_share_of_%s', (_, before, now, share) => {
  expect(changedShare(picture(...before), picture(...now))).toBe(share);
});

test('film_is_motion_after_seconds', () => {
  expect(after(FEW_CHANGES, film.slice(0, 5)).content).toBe('text');
  expect(after(FEW_CHANGES, film).content).toBe('motion');
});

test('page_is_text_again_after_a_film', () => {
  const seen = after(FEW_CHANGES, film);
  expect(after(seen, page.slice(0, 3)).content).toBe('motion');
  expect(after(seen, page).content).toBe('text');
});

test('scrolling_now_and_then_is_text', () => {
  const scrolled = Array.from({ length: 40 }, (_, index) => (index % 10 < 6 ? 0.5 : 0));
  let seen = FEW_CHANGES;
  for (const share of scrolled) {
    seen = withChange(seen, share);
    expect(seen.content).toBe('text');
  }
});
