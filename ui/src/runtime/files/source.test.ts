// A file is read block by block into lent memory, in engines that can and in those that cannot.

import { describe, expect, it } from 'vitest';

import { BLOCK_BYTES } from '../../engine/files/block';
import { blockMemory, free } from './block-memory';
import { fileSource } from './source';

const SIZE = 2 * BLOCK_BYTES + 12_345;
const CONTENT = Uint8Array.from({ length: SIZE }, (_, at) => (at * 7 + (at >> 11)) % 251);

/** Equal bytes, without a difference of a megabyte in a report. */
function isSame(bytes: Uint8Array, start: number): boolean {
  return bytes.every((byte, at) => byte === CONTENT[start + at]);
}

function plainFile(): File {
  return new File([CONTENT], 'a.bin', { lastModified: 1 });
}

/** As in WebKit. */
function fileWithoutLentMemory(): File {
  const file = plainFile();
  const slice = file.slice.bind(file);
  file.slice = (start, end) => {
    const part = slice(start, end);
    part.stream = () => new ReadableStream();
    return part;
  };
  return file;
}

describe('source', () => {
  it.each([
    ['lent_memory', plainFile],
    ['memory_of_the_engine', fileWithoutLentMemory],
  ])('is_read_into_%s_block_by_block', async (_, made) => {
    const source = await fileSource(made());
    const memory = blockMemory();
    for (const [block, length] of [BLOCK_BYTES, BLOCK_BYTES, 12_345].entries()) {
      const bytes = await source.read(block, memory);
      expect(bytes).toHaveLength(length);
      expect(isSame(bytes, block * BLOCK_BYTES)).toBe(true);
      memory.giveBack(bytes);
    }
  });
});

describe('memory_of_blocks', () => {
  it('is_lent_again', () => {
    const memory = blockMemory();
    const first = memory.take(BLOCK_BYTES);
    const second = memory.take(5);
    expect(second.buffer).not.toBe(first.buffer);
    memory.giveBack(first);
    expect(memory.take(7).buffer).toBe(first.buffer);
  });

  it('that_went_elsewhere_is_not_lent', () => {
    const memory = blockMemory();
    const lent = memory.take(BLOCK_BYTES);
    structuredClone(lent, { transfer: [lent.buffer] });
    memory.giveBack(lent);
    expect(memory.take(3)).toHaveLength(3);
  });

  it('is_freed_where_the_engine_can', () => {
    const buffer = new ArrayBuffer(64);
    free(buffer);
    expect(buffer.byteLength).toBe('transfer' in buffer ? 0 : 64);
  });
});
