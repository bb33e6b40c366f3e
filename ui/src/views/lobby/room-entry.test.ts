import { describe, expect, test } from 'vitest';

import { entryOf, isPastedLink } from './room-entry';

describe('the room field', () => {
  test.each([
    ['Team ', 'team-', 'team'],
    ['Team Meeting', 'team-meeting', 'team-meeting'],
    ['Grüße', 'grusse', 'grusse'],
    ['４２', '42', '42'],
    ['会議', '会議', 'xn--6oqw48l'],
    ['!', '', ''],
    ['', '', ''],
  ])('shows %j as %j and keeps room %j', (text, shown, room) => {
    expect(entryOf(text, 'whole')).toEqual({ draft: { text: shown, problem: null }, room });
  });

  test('leaves a composition as it is', () => {
    expect(entryOf('Grü', 'composing').draft.text).toBe('Grü');
  });

  test.each(['https://h/r/42#1.secret', 'h/r/42', 'a/b', 'Come to https://h/r/42 now'])(
    'keeps %j as it is, and no room meanwhile',
    (text) => expect(entryOf(text, 'whole')).toEqual({ draft: { text, problem: null }, room: '' }),
  );

  test.each([
    ['https://h/r/42', '', true],
    ['https://h/r/42', 'https://h/r/4', false],
    ['https://h/r/4', 'https://h/r/42', false],
    ['ttps://h/r/42', 'https://h/r/42', false],
    ['https://h/r/42', 'https://long.example.org/r/', true],
    ['Team Meeting', '', false],
  ])('%j after %j is a pasted link: %j', (text, before, isPasted) => {
    expect(isPastedLink(text, before)).toBe(isPasted);
  });
});
