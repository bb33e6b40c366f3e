import { expect, test } from 'vitest';

import { RINGS, TONES } from './tones';

const ALL = [
  ...Object.entries(TONES),
  ...Object.entries(RINGS).map(([name, { notes }]) => [name, notes] as const),
];

test.each(ALL)('%s never overdrives the speaker', (_, notes) => {
  for (const { at } of notes) {
    const together = notes.filter((note) => note.at <= at && at < note.at + note.lasts);
    expect(together.reduce((sum, { gain }) => sum + gain, 0)).toBeLessThan(1);
  }
});

test.each(Object.entries(RINGS))('%s is over before it begins again', (_, { notes, every }) => {
  expect(Math.max(...notes.map(({ at, lasts }) => at + lasts))).toBeLessThan(every);
});
