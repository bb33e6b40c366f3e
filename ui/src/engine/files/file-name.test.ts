// Names of received files: the list that the shell is held to as well, and any text.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import cases from '../../../../crates/signal-protocol/testdata/file-names.json';
import { safeFileName } from './file-name';

const FORBIDDEN = /[/\\<>:"|?*\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)( *\.|$)/iu;

function expectInside(name: string): void {
  expect(name).not.toMatch(FORBIDDEN);
  expect(name).not.toMatch(DEVICE);
  expect(name).not.toMatch(/^\.|^$|[. ]$|^ /u);
  expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(230);
}

describe('file_name', () => {
  it('list_has_a_thousand_names', () => {
    expect(cases.written.length).toBeGreaterThanOrEqual(60);
    expect(cases.written.length + cases.generated.length).toBeGreaterThanOrEqual(1000);
  });

  it('names_of_the_list_land_inside_the_folder', () => {
    for (const { name, safe } of [...cases.written, ...cases.generated]) {
      expect([name, safeFileName(name)]).toEqual([name, safe]);
      expectInside(safe);
    }
  });

  it('any_text_is_a_name_inside_the_folder', () => {
    const nasty = fc.constantFrom(
      '..',
      '/',
      '\\',
      '.',
      ' ',
      '\u202e',
      'con',
      'NUL',
      'é',
      '🎉',
      ':',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc
        .array(fc.oneof(nasty, fc.string({ maxLength: 3 })), { maxLength: 12 })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (name) => {
        const safe = safeFileName(name);
        expectInside(safe);
        expect(safeFileName(safe)).toBe(safe);
      }),
      { numRuns: 2000 },
    );
  });
});
