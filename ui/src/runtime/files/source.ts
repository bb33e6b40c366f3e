// A file that this person sends, read block by block.
//
// Invariant: one block is in memory at a time for each receiver, in the memory that the reader lent.

import { BLOCK_BYTES, blockCount, blockStart } from '../../engine/files/block';
import type { FileId } from '../../engine/files/file-id';
import { blockMemory, type BlockMemory } from './block-memory';
import { newHashes, sha256 } from './sha256';

export interface FileSource {
  readonly file: FileId;
  /** Of the blocks that were read. */
  readonly hashes: Uint8Array<ArrayBuffer>;
  /** Rejects if the file changed or is gone. */
  read(block: number, memory: BlockMemory): Promise<Uint8Array<ArrayBuffer>>;
}

/** Rejects if the file cannot be read. */
export async function fileSource(chosen: File): Promise<FileSource> {
  const read: FileSource['read'] = async (block, memory) => {
    const start = blockStart(block);
    const end = Math.min(start + BLOCK_BYTES, chosen.size);
    const bytes = await bytesOf(chosen.slice(start, end), memory);
    // Engines differ in what they make of a file that became shorter.
    if (bytes.length !== end - start) throw new Error('The file became shorter.');
    return bytes;
  };
  const { name, size, lastModified } = chosen;
  const first = await sha256(size === 0 ? new Uint8Array() : await read(0, blockMemory()));
  const file: FileId = { name, size, modified: Math.trunc(lastModified), first };
  return { file, hashes: newHashes(blockCount(size)), read };
}

async function bytesOf(part: Blob, memory: BlockMemory): Promise<Uint8Array<ArrayBuffer>> {
  const reader = byobReader(part);
  if (reader === null) return new Uint8Array(await part.arrayBuffer());
  let bytes = memory.take(part.size);
  let length = 0;
  while (length < part.size) {
    // Reading takes the memory away and gives it back.
    const { done, value } = await reader.read(bytes.subarray(length));
    if (value === undefined) break;
    length += value.length;
    bytes = new Uint8Array(value.buffer, 0, part.size);
    if (done) break;
  }
  await reader.cancel();
  return bytes.subarray(0, length);
}

/** Null in an engine whose files cannot be read into lent memory. */
function byobReader(part: Blob): ReadableStreamBYOBReader | null {
  try {
    return part.stream().getReader({ mode: 'byob' });
  } catch {
    return null;
  }
}
