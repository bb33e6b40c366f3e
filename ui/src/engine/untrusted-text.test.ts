import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { isolate, partsOf, plainText } from './sentence';
import { visibleText } from './untrusted-text';

/** What must never come through: it turns text round, is not seen, or ends a line. */
const HARMFUL =
  /[\p{Cc}\p{Co}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u115f\u1160\u200b\u2060-\u2064\u2800\u3164\ufeff\uffa0]/u;

test.each([
  ['override', 'a\u202Eb', 'a[U+202E]b'],
  ['isolate', 'a\u2067b\u2069', 'a[U+2067]b[U+2069]'],
  ['direction mark', 'a\u200Fb', 'a[U+200F]b'],
  ['line ends', 'a\r\n\u2028\tb', 'a b'],
  ['controls', 'a\u0000\u0007\u009Bb', 'a[U+0000][U+0007][U+009B]b'],
  ['zero width', 'a\u200Bb\uFEFF', 'a[U+200B]b[U+FEFF]'],
  ['joiner between letters that do not join', 'a\u200Db', 'a[U+200D]b'],
  ['tag', 'a\u{E0041}b', 'a[U+E0041]b'],
  ['variation selector', 'a\uFE0Fb', 'a[U+FE0F]b'],
  ['hangul filler', 'a\u3164b', 'a[U+3164]b'],
  ['braille blank', 'a\u2800b', 'a[U+2800]b'],
  ['soft hyphen', 'a\u00ADb', 'a[U+00AD]b'],
  ['lone surrogate', 'a\uD800b', 'a[U+D800]b'],
  ['wide spaces', '\u3000a\u2003\u00A0b ', 'a b'],
  ['piled marks', `a${'\u0336'.repeat(50)}b`, `a${'\u0336'.repeat(4)}b`],
])('hidden_characters_are_shown_or_gone: %s', (_, text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test.each([
  ['emoji of several', '👩‍🚀🏳️‍🌈👨‍👩‍👧👍🏽1️⃣'],
  ['flags', '🇳🇴🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'],
  ['Persian', 'می\u200Cخواهم'],
  ['Hindi', 'क्\u200Dष'],
  ['Hebrew with points', 'שָׁלוֹם'],
  ['Vietnamese', 'Nguyễn'],
  ['Japanese variant', '葛\u{E0100}'],
])('text_that_needs_joiners_keeps_them: %s', (_, text) => {
  expect(visibleText(text)).toBe(text);
});

test('untrusted_text_stays_inside_its_isolate', () => {
  const any = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
  const hidden = fc.constantFrom(
    '\u202e',
    '\u2066',
    '\u2069',
    '\u2068',
    '\u200f',
    '\n',
    '\u0000',
    '\ufeff',
  );
  const text = fc.array(fc.oneof(any, hidden)).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (raw) => {
      const email = visibleText(raw);
      expect(email).not.toMatch(HARMFUL);
      expect(visibleText(email)).toBe(email);
      const theirs = partsOf(`Calling ${isolate(email)}.`).filter(({ by }) => by === 'others');
      expect(theirs.map((part) => part.text)).toEqual(email === '' ? [] : [email]);
    }),
    { numRuns: 300 },
  );
});

test('isolates_stay_in_titles_only_where_text_runs_from_the_right', () => {
  expect(plainText(`${isolate('Ana')} is calling`)).toBe('Ana is calling');
  expect(plainText(`${isolate('שלום')} is calling`)).toBe('\u2068שלום\u2069 is calling');
});
