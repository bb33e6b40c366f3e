import { describe, expect, test } from 'vitest';

import {
  toDictionary,
  toDouble,
  toEnforced,
  toEnum,
  toNullable,
  toScalarText,
  toSequence,
  toText,
  toUnsignedLong,
  toUnsignedShort,
} from './web-idl.ts';

const asShort = (value: unknown): number => toEnforced(value, 65_535, 'it');

/** The result of each conversion, or the name of its error. */
describe.each<[string, (value: unknown) => unknown, readonly (readonly [unknown, unknown])[]]>([
  [
    'DOMString',
    toText,
    [
      [undefined, 'undefined'],
      [null, 'null'],
      [0, '0'],
      [{ toString: () => 'x' }, 'x'],
      [Symbol('x'), 'TypeError'],
    ],
  ],
  [
    'USVString',
    toScalarText,
    [
      ['a\uD800b', 'a\uFFFDb'],
      ['\uDC00', '\uFFFD'],
      ['\u{1F600}', '\u{1F600}'],
    ],
  ],
  [
    'unsigned short',
    toUnsignedShort,
    [
      ['0', 0],
      ['', 0],
      [true, 1],
      [0.9, 0],
      [-0.9, 0],
      [-1, 65_535],
      [65_536, 0],
      [Number.NaN, 0],
      [Number.POSITIVE_INFINITY, 0],
      ['first', 0],
      [10n, 'TypeError'],
      [Symbol('x'), 'TypeError'],
    ],
  ],
  [
    'unsigned long',
    toUnsignedLong,
    [
      [-1, 4_294_967_295],
      [4_294_967_296, 0],
      [1.9, 1],
    ],
  ],
  [
    '[EnforceRange] unsigned short',
    asShort,
    [
      ['7', 7],
      [1.9, 1],
      [-0.9, 0],
      [null, 0],
      [-1, 'TypeError'],
      [65_536, 'TypeError'],
      [Number.NaN, 'TypeError'],
      [undefined, 'TypeError'],
    ],
  ],
  [
    'double',
    (value) => toDouble(value, 'it'),
    [
      ['1.5', 1.5],
      [null, 0],
      ['x', 'TypeError'],
      [Number.NEGATIVE_INFINITY, 'TypeError'],
    ],
  ],
  [
    'an enumeration',
    (value) => toEnum(value, ['all', 'relay'], 'policy'),
    [
      ['all', 'all'],
      [{ toString: () => 'relay' }, 'relay'],
      ['ALL', 'TypeError'],
      [null, 'TypeError'],
    ],
  ],
  [
    'DOMString?',
    (value) => toNullable(value, toText),
    [
      [null, null],
      [undefined, null],
      ['', ''],
      [0, '0'],
    ],
  ],
  [
    'a dictionary',
    (value) => toDictionary(value, 'it')['member'] ?? 'empty',
    [
      [undefined, 'empty'],
      [null, 'empty'],
      [[], 'empty'],
      [() => undefined, 'empty'],
      [{ member: 1 }, 1],
      ['text', 'TypeError'],
      [0, 'TypeError'],
    ],
  ],
  [
    'sequence<DOMString>',
    (value) => toSequence(value, toText, 'it').join(),
    [
      [[1, null], '1,null'],
      [new Set(['a']), 'a'],
      ['text', 'TypeError'],
      [null, 'TypeError'],
      [{ length: 1 }, 'TypeError'],
    ],
  ],
])('%s', (_, convert, table) => {
  test.each(table)('converts %s as WebIDL says', (value, expected) => {
    let made: unknown;
    try {
      made = convert(value);
    } catch (error) {
      made = error instanceof Error ? error.name : error;
    }
    expect(made).toBe(expected);
  });
});
