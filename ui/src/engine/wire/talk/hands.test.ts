// Hands and reactions on the wire: what is written is read, and nothing else is believed.

import { expect, it } from 'vitest';

import { REACTIONS } from './hands';
import { readTalk, writeTalk, type TalkMessage } from './talk-message';

const HAND: TalkMessage = { type: 'hand', position: 'raised', at: 7, again: false };

it.each<TalkMessage>([
  HAND,
  { ...HAND, position: 'lowered', again: true },
  { type: 'hand:lower' },
  ...REACTIONS.map((reaction): TalkMessage => ({ type: 'reaction', reaction })),
])('what_is_written_is_read: %j', (message) => {
  expect(readTalk(writeTalk(message))).toEqual({ kind: 'message', message });
});

it.each([
  ['other_position', { ...HAND, position: 'waving' }],
  ['no_time', { ...HAND, at: undefined }],
  ['time_before_the_first', { ...HAND, at: 0 }],
  ['broken_time', { ...HAND, at: 1.5 }],
  ['endless_time', { ...HAND, at: 1e300 }],
  ['text_as_time', { ...HAND, at: '7' }],
  ['other_reaction', { type: 'reaction', reaction: 'applause<b>' }],
  ['list_as_reaction', { type: 'reaction', reaction: ['heart'] }],
])('%s_is_malformed', (_, fields) => {
  expect(readTalk(JSON.stringify({ v: 1, ...fields }))).toEqual({ kind: 'malformed' });
});

it('again_is_true_or_absent', () => {
  const text = JSON.stringify({ v: 1, ...HAND, again: 'yes' });
  expect(readTalk(text)).toEqual({ kind: 'message', message: HAND });
});
