import { describe, expect, it, test } from 'vitest';

import { displayName, fullName, personNames, withNames } from './person-name';
import { isolate, plainText } from './sentence';

describe('displayName', () => {
  it.each([
    ['ana@example.org', 'Ana'],
    ['ana.souza@example.org', 'Ana Souza'],
    ['ana_maria-souza+calls@example.org', 'Ana Maria Souza'],
    ['éloïse@example.org', 'Éloïse'],
    ['[U+202E]ana+calls@example.org', '[U+202E]ana'],
    ['no-address', 'no-address'],
    ['@example.org', '@example.org'],
    ['...@example.org', '...@example.org'],
    ['   ', '?'],
  ])('%s is called %s', (email, name) => {
    expect(displayName(email)).toBe(name);
  });
});

/** Two people each, whose names the eye cannot tell apart. */
const LOOK_ALIKE: readonly (readonly [string, string])[] = [
  ['ana@example.org', '\u0430na@example.org'],
  ['ana@example.org', 'ana@evil.example'],
  ['ana@example.org', 'ana@example.org'],
  ['ana@example.org', 'ANA@EXAMPLE.ORG'],
  ['coco@example.org', '\u0441\u043e\u0441\u043e@example.org'],
  ['nora@example.org', '\u039dora@example.org'],
  ['ilana@example.org', 'lIana@example.org'],
  ['paul@example.org', 'pau1@example.org'],
  ['martin@example.org', 'rnartin@example.org'],
  ['jose@example.org', 'jose\u0301@example.org'],
  ['ana@example.org', '\uff41\uff4e\uff41@example.org'],
  ['ana@example.org', '\u{1d41a}na@example.org'],
];

test.each(LOOK_ALIKE)('names_that_look_alike_are_told_apart: %s and %s', (one, other) => {
  const [first, second] = personNames([one, other]).map(fullName);
  expect(first).not.toBe(second);
  const ascii = /^[\x20-\x7e]*$/u;
  // Not by a letter that looks like the other: where names are alike, the email says all.
  const tellApart = [first, second].map((name) => name?.replace(displayName(one), ''));
  expect(tellApart[0]).not.toBe(tellApart[1]);
  expect([one, other].some((email) => !ascii.test(email)) ? second : 'U+').toContain('U+');
});

test('names_that_differ_stay_short', () => {
  const names = personNames(['ana@example.org', 'ben@example.org', 'יעל@example.org']);
  expect(names.map(fullName)).toEqual(['Ana', 'Ben', 'יעל']);
});

test('name_of_mixed_scripts_shows_its_codes_alone_in_a_room', () => {
  const [only] = personNames(['p\u0430ul@example.org']);
  expect(only && fullName(only)).toContain('(p[U+0430]ul@example.org)');
});

test('sentence_names_people_and_not_their_emails', () => {
  const sentence = `${isolate('ana@example.org')} is here.`;
  expect(plainText(withNames(sentence, ['ben@example.org']))).toBe('Ana is here.');
  expect(plainText(withNames(sentence, ['ana@evil.example']))).toBe(
    'Ana (ana@example.org) is here.',
  );
});
