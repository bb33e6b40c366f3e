// Messages of the chat: what is written is read, and nothing else is believed.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ChatMessage } from './chat';
import { readTalk, writeTalk } from './talk-message';
import { utf8Length } from './utf8';

const ENTRY = { number: 1, clock: 2, body: { kind: 'text', text: 'hello' } } as const;
const MESSAGES: readonly ChatMessage[] = [
  { type: 'chat', entries: [ENTRY, { ...ENTRY, body: { kind: 'withdrawal', of: 7 } }] },
  { type: 'chat-ack', numbers: [1, 2, 3] },
  { type: 'chat-typing' },
  { type: 'chat-hello', key: 'k', proof: null, answer: true },
  { type: 'chat-hello', key: null, proof: 'p', answer: false },
];

describe('chat_messages', () => {
  it.each(MESSAGES)('what_is_written_is_read', (message) => {
    expect(readTalk(writeTalk(message))).toEqual({ kind: 'message', message });
  });

  it.each([
    ['no_entries', { type: 'chat', entries: [] }],
    ['too_many_entries', { type: 'chat', entries: Array.from({ length: 9 }, () => ENTRY) }],
    ['number_0', { type: 'chat', entries: [{ ...ENTRY, number: 0 }] }],
    ['negative_clock', { type: 'chat', entries: [{ ...ENTRY, clock: -1 }] }],
    ['number_as_text', { type: 'chat', entries: [{ ...ENTRY, number: '1' }] }],
    ['endless_number', { type: 'chat', entries: [{ ...ENTRY, number: 1e300 }] }],
    ['no_body', { type: 'chat', entries: [{ number: 1, clock: 1 }] }],
    ['empty_text', { type: 'chat', entries: [{ ...ENTRY, body: { kind: 'text', text: '' } }] }],
    [
      'long_text',
      { type: 'chat', entries: [{ ...ENTRY, body: { kind: 'text', text: 'é'.repeat(2_049) } }] },
    ],
    ['object_as_text', { type: 'chat', entries: [{ ...ENTRY, body: { kind: 'text', text: {} } }] }],
    ['other_body', { type: 'chat', entries: [{ ...ENTRY, body: { kind: 'picture', of: 1 } }] }],
    ['no_numbers', { type: 'chat-ack', numbers: [] }],
    ['too_many_numbers', { type: 'chat-ack', numbers: Array.from({ length: 65 }, () => 1) }],
    ['half_a_number', { type: 'chat-ack', numbers: [1.5] }],
    ['long_key', { type: 'chat-hello', key: 'k'.repeat(65), proof: null, answer: true }],
    ['no_answer', { type: 'chat-hello', key: 'k', proof: null }],
  ])('%s_is_malformed', (_, message) => {
    expect(readTalk(JSON.stringify({ v: 1, ...message }))).toEqual({ kind: 'malformed' });
  });

  it('any_entry_is_read_without_failing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (entry) => {
        const read = readTalk(JSON.stringify({ v: 1, type: 'chat', entries: [entry] }));
        expect(['message', 'malformed']).toContain(read.kind);
      }),
    );
  });
});

describe('utf8_length', () => {
  it('is_that_of_the_encoded_text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });
});
