// Messages about files: what is written is read; what nobody writes is refused.

import { describe, expect, it } from 'vitest';

import type { FileMessage } from './files';
import { readTalk, type TalkMessage } from './talk-message';

const TRANSFER = '0123456789abcdef'.repeat(2);
const FILE = { name: 'a.txt', size: 5, modified: 1_700_000_000_000, first: 'ab'.repeat(32) };

function read(message: object): TalkMessage | null {
  const text = JSON.stringify({ v: 1, ...message });
  const result = readTalk(text);
  return result.kind === 'message' ? result.message : null;
}

describe('file_message', () => {
  it.each<FileMessage>([
    { type: 'file-offer', transfer: TRANSFER, file: FILE },
    { type: 'file-offer', transfer: TRANSFER, file: { ...FILE, name: '', size: 0, modified: -5 } },
    { type: 'file-accept', transfer: TRANSFER, size: 5 * 1024 * 1024, have: [[0, 3]] },
    { type: 'file-refuse', transfer: TRANSFER, reason: 'declined' },
    { type: 'file-cancel', transfer: TRANSFER, reason: 'person' },
    { type: 'file-pause', transfer: TRANSFER, reason: 'disk-full' },
    { type: 'file-resume', transfer: TRANSFER },
    { type: 'file-done', transfer: TRANSFER },
  ])('%j_is_read_as_written', (message) => {
    expect(read(message)).toEqual(message);
  });

  it.each<[string, object]>([
    ['negative_size', { size: -1 }],
    ['absurd_size', { size: 2 ** 60 }],
    ['endless_size', { size: '1e999' }],
    ['fraction_of_a_byte', { size: 1.5 }],
    ['size_as_text', { size: '5' }],
    ['no_size', { size: undefined }],
    ['name_of_a_megabyte', { name: 'x'.repeat(1_000_000) }],
    ['name_that_is_no_text', { name: ['a'] }],
    ['time_beyond_all_times', { modified: 1e20 }],
    ['time_as_text', { modified: 'today' }],
    ['short_hash', { first: 'ab' }],
    ['hash_in_capitals', { first: 'AB'.repeat(32) }],
  ])('offer_with_%s_is_malformed', (_, change) => {
    expect(
      read({ type: 'file-offer', transfer: TRANSFER, file: { ...FILE, ...change } }),
    ).toBeNull();
  });

  it.each<[string, object]>([
    ['no_transfer', { type: 'file-done' }],
    ['path_as_transfer', { type: 'file-done', transfer: '../../../../etc/passwd0000000000' }],
    ['unknown_reason', { type: 'file-cancel', transfer: TRANSFER, reason: 'because' }],
    ['no_reason', { type: 'file-refuse', transfer: TRANSFER }],
    [
      'blocks_beyond_the_size',
      { type: 'file-accept', transfer: TRANSFER, size: 5, have: [[0, 2]] },
    ],
    ['no_file', { type: 'file-offer', transfer: TRANSFER }],
    ['file_as_list', { type: 'file-offer', transfer: TRANSFER, file: [FILE] }],
  ])('%s_is_malformed', (_, message) => {
    expect(read(message)).toBeNull();
  });
});
