// The chat in the storage of the tab: what is written is read, anything else is no chat.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { emptyChat } from './initial';
import { readChat, writeChat } from './memory';
import type { ChatItem, KeptChat } from './state';

function item(number: number, text = 'hello'): ChatItem {
  return {
    author: 's',
    number,
    clock: number,
    email: 'a@example.org',
    time: 5,
    body: { kind: 'text', text },
    fate: 'open',
  };
}

const KEPT: KeptChat = {
  ...emptyChat('secret').kept,
  messages: [item(1), { ...item(2), body: { kind: 'withdrawn' }, fate: 'received' }],
  dropped: 3,
  clock: 9,
  next: 4,
  outbox: [
    {
      number: 1,
      clock: 1,
      body: { kind: 'text', text: 'hello' },
      receipts: [{ to: 'x', email: 'x@example.org', state: 'failed' }],
    },
  ],
  correspondents: [
    {
      id: 'x',
      email: 'x@example.org',
      key: null,
      place: { kind: 'here', member: 'm1' },
      seen: { floor: 2, above: [4, 7] },
    },
  ],
};

function roundTrip(kept: KeptChat): KeptChat | null {
  return readChat('s', JSON.parse(writeChat('s', kept)));
}

it('what_is_written_is_read', () => {
  expect(roundTrip(KEPT)).toEqual(KEPT);
});

it('chat_of_another_session_is_none', () => {
  expect(readChat('other', JSON.parse(writeChat('s', KEPT)))).toBeNull();
});

it('newest_messages_are_kept', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => item(index + 1));
  const read = roundTrip({ ...KEPT, messages: many });
  expect(read?.messages.map(({ number }) => number).slice(0, 2)).toEqual([701, 702]);
  expect(read?.dropped).toBe(703);
});

it('long_texts_are_bounded', () => {
  const long = Array.from({ length: 300 }, (_, index) => item(index + 1, 'x'.repeat(4_096)));
  const written = writeChat('s', { ...KEPT, messages: long });
  expect(written.length).toBeLessThan(250_000);
});

it('anything_is_read_without_failing', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(KEPT)), fc.jsonValue(), (field, value) => {
      const read = readChat('s', { session: 's', kept: { ...KEPT, [field]: value } });
      expect(read === null || typeof read === 'object').toBe(true);
    }),
  );
});
