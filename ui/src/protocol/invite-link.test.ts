import { describe, expect, test } from 'vitest';

import table from '../../../crates/signal-protocol/testdata/invites.json';
import {
  mayBeLink,
  readInviteLink,
  readPageAddress,
  roomPath,
  type LinkReading,
} from './invite-link';

interface Row {
  readonly link: string;
  readonly web?: string;
  readonly room?: string;
  readonly secret?: string;
  readonly error?: string;
}

const NOT_A_LINK = 'This is not an invite link.';
const HERE = 'https://relay.example.org';
const LAN = 'http://192.168.1.5:8787';
const rows: readonly Row[] = table.invites;
const good = rows.filter(({ web }) => web !== undefined);
const bad = rows.filter(({ error }) => error !== undefined);

/** Of an unreadable one, `text/en/links.test.ts` compares the words. */
function meaning({
  room,
  secret,
  error,
}: Row): LinkReading | { readonly kind: 'none' | 'unreadable' } {
  if (room !== undefined) return { kind: 'room', room, secret: secret ?? null };
  return { kind: error?.startsWith(NOT_A_LINK) === true ? 'none' : 'unreadable' };
}

describe('an invite link', () => {
  test.each(rows)('$link is read as the table says', (row) => {
    const origin = row.web === undefined ? HERE : new URL(row.web).origin;
    const reading = readInviteLink(row.link, origin);
    const { kind } = reading;
    expect(kind === 'unreadable' ? { kind } : reading).toEqual(meaning(row));
  });

  test.each(good)('$web opens its room', (row) => {
    const { pathname, hash } = new URL(row.web ?? '');
    expect(readPageAddress(pathname, hash)).toEqual(meaning(row));
  });

  test.each(good)('$link is unreadable at another relay', (row) => {
    expect(readInviteLink(row.link, 'https://other.example.net')).toEqual({
      kind: 'unreadable',
      error: { code: 'other-relay' },
    });
  });

  test.each([
    [HERE, 'http://relay.example.org/r/42'],
    [HERE, 'https://relay.example.org:8443/r/42'],
    [LAN, 'snug://192.168.1.5:9000/r/42'],
    [LAN, 'https://192.168.1.5:8787/r/42'],
  ])('at %s, %s is to another relay', (origin, link) => {
    expect(readInviteLink(link, origin)).toMatchObject({ kind: 'unreadable' });
  });

  test.each(bad)('$link counts as a link or has no slash', ({ link, error }) => {
    const isLink = error?.startsWith(NOT_A_LINK) !== true;
    if (isLink) expect(mayBeLink(link)).toBe(true);
  });
});

describe("the page's own address", () => {
  test.each([
    ['/', '', { kind: 'none' }],
    ['', '', { kind: 'none' }],
    ['//', '#x', { kind: 'none' }],
    ['/r/42/', '', { kind: 'room', room: '42', secret: null }],
    ['//r/42', '', { kind: 'room', room: '42', secret: null }],
    ['/R/42', '', { kind: 'room', room: '42', secret: null }],
    ['/r/42', '#1.abc', { kind: 'room', room: '42', secret: '1.abc' }],
    ['/r/a%20b', '', { kind: 'room', room: 'a-b', secret: null }],
    ['/r/caf%C3%A9', '', { kind: 'room', room: 'cafe', secret: null }],
    ['/r/42.', '', { kind: 'room', room: '42', secret: null }],
  ] as const)('%s%s is read', (path, hash, reading) => {
    expect(readPageAddress(path, hash)).toEqual(reading);
  });

  test.each(['/r', '/r/', '/r/%FF', '/r/a/b', '/r/%20', '/r/a%2Fb', '/x', `/r/${'x'.repeat(129)}`])(
    '%s is an unreadable link',
    (path) => {
      expect(readPageAddress(path, '')).toMatchObject({ kind: 'unreadable' });
    },
  );
});

describe('mayBeLink', () => {
  test.each(['https://h/r/42', ' SNUG:x', 'h/r/42', 'a\\b', 'https：／／h', 'a/b'])(
    '%j may',
    (text) => expect(mayBeLink(text)).toBe(true),
  );
  test.each(['42', 'https', 'snug-room', '12:30', 'Team Meeting'])('%j may not', (text) =>
    expect(mayBeLink(text)).toBe(false),
  );
});

test.each(['42', 'a.', '...', 'Team_1'])('the path of room %s leads back to it', (room) => {
  const { pathname } = new URL(roomPath(room), HERE);
  expect(readPageAddress(pathname, '')).toEqual({ kind: 'room', room, secret: null });
});
