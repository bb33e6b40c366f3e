import { assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';

import table from '../../../crates/signal-protocol/testdata/rooms.json';
import { draftRoom, readTypedRoom, type TypedRoom } from './typed-room';

interface Row {
  readonly text: string;
  readonly room?: string;
  readonly error?: string;
}

const rows: readonly Row[] = table.rooms;

/** Of a refused one, `text/en/links.test.ts` compares the words. */
function expected({ room }: Row): TypedRoom | { readonly kind: 'refused' } {
  return room === undefined ? { kind: 'refused' } : { kind: 'room', room };
}

/** The text of the field after these keys, each result shown before the next key. */
function typedByKeys(text: string): string {
  let shown = '';
  for (const letter of text) shown = draftRoom(shown + letter);
  return shown;
}

describe('a typed room', () => {
  test.each(rows)('$text becomes what the table says', (row) => {
    const typed = readTypedRoom(row.text);
    expect(typed.kind === 'refused' ? { kind: 'refused' } : typed).toEqual(expected(row));
  });

  test.each(rows)('$text typed key by key becomes the same', (row) => {
    expect(readTypedRoom(typedByKeys(row.text))).toMatchObject(
      row.room === undefined ? { kind: 'refused' } : expected(row),
    );
  });

  test('typed key by key equals pasted, whatever the text', () => {
    const letters = constantFrom(
      ..."aZ9 -_.!éßı会かैक한\u0301\u200b\ufeff１٤'’İΣς🎉".split(/(?:)/u),
    );
    const texts = oneof(
      string({ unit: letters, maxLength: 20 }),
      string({ unit: 'binary', maxLength: 20 }),
    );
    assert(
      property(texts, (text) => {
        expect(readTypedRoom(typedByKeys(text))).toEqual(readTypedRoom(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('is itself when read again', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 30 }), (text) => {
        const first = readTypedRoom(text);
        if (first.kind === 'room') expect(readTypedRoom(first.room)).toEqual(first);
      }),
    );
  });
});

describe('a partly typed room', () => {
  test.each([
    ['Team', 'team'],
    ['Team ', 'team-'],
    ['team-M', 'team-m'],
    ['v1.', 'v1.'],
    ['Grü', 'gru'],
    ['xn--', 'xn--'],
    ['会', '会'],
    [' ', ''],
  ])('%j is shown as %j', (text, shown) => {
    expect(draftRoom(text)).toBe(shown);
  });
});
