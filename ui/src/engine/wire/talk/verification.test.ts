// What members say of identities and codes, as it comes from anybody.

import { describe, expect, it } from 'vitest';

import { readTalk, writeTalk } from './talk-message';

const HASH = 'ab'.repeat(32);
const IDENTITY = { type: 'identity', key: HASH, signature: HASH + HASH, asks: true } as const;
const VERIFY = {
  type: 'verify',
  round: HASH,
  attempt: 1,
  commit: HASH,
  nonce: null,
  asks: false,
} as const;

function read(message: object): ReturnType<typeof readTalk> {
  return readTalk(JSON.stringify({ v: 1, ...message }));
}

describe('messages_of_verification', () => {
  it.each([IDENTITY, VERIFY, { ...VERIFY, nonce: HASH }])('are_read_as_written: %o', (message) => {
    expect(readTalk(writeTalk(message))).toEqual({ kind: 'message', message });
  });

  it.each([
    { ...IDENTITY, key: HASH.slice(1) },
    { ...IDENTITY, key: HASH.toUpperCase() },
    { ...IDENTITY, key: null },
    { ...IDENTITY, signature: HASH },
    { ...IDENTITY, signature: `${HASH}${HASH}\n` },
    { ...VERIFY, round: `${HASH}00` },
    { ...VERIFY, round: [HASH] },
    { ...VERIFY, commit: 'x'.repeat(64) },
    { ...VERIFY, nonce: '' },
    { ...VERIFY, nonce: 1 },
    { ...VERIFY, attempt: 0 },
    { ...VERIFY, attempt: 1.5 },
    { ...VERIFY, attempt: 1_000_001 },
    { ...VERIFY, attempt: '1' },
  ])('of_another_form_are_malformed: %o', (message) => {
    expect(read(message)).toEqual({ kind: 'malformed' });
  });

  it('ask_for_nothing_unless_they_say_so', () => {
    const { asks: _, ...message } = VERIFY;
    expect(read(message)).toEqual({ kind: 'message', message: VERIFY });
  });
});
