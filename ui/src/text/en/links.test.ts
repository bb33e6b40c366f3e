// What is wrong with a link or a typed room is said in the words of the tables that Rust is held to.

import { describe, expect, test } from 'vitest';

import invites from '../../../../crates/signal-protocol/testdata/invites.json';
import rooms from '../../../../crates/signal-protocol/testdata/rooms.json';
import { readInviteLink } from '../../protocol/invite-link';
import { readTypedRoom } from '../../protocol/typed-room';
import { linkText, typedRoomText } from './links';

interface Row {
  readonly error?: string;
}

const refused = <T extends Row>(rows: readonly T[]) =>
  rows.filter((row): row is T & Required<Row> => row.error !== undefined);

/** The tables have no isolates and plain quotation marks. */
function plainWords(sentence: string): string {
  return sentence
    .replaceAll(/[\u2068\u2069]/gu, '')
    .replaceAll(/[“”]/gu, '"')
    .replaceAll('’', "'");
}

describe('the words for a refused', () => {
  test.each(refused<{ link: string } & Row>(invites.invites))('link $link', ({ link, error }) => {
    const reading = readInviteLink(link, 'https://relay.example.org');
    const fault = reading.kind === 'unreadable' ? reading.error : ({ code: 'not-a-link' } as const);
    expect(reading.kind).not.toBe('room');
    expect(plainWords(linkText(fault))).toBe(error);
  });

  test.each(refused<{ text: string } & Row>(rooms.rooms))('room $text', ({ text, error }) => {
    const typed = readTypedRoom(text);
    expect(typed.kind === 'refused' ? plainWords(typedRoomText(typed.error)) : null).toBe(error);
  });
});
