// A file as a list of blocks: 1 MiB each, the last one shorter. An empty file has none.

import { isInteger } from '../json';

export const BLOCK_BYTES = 1024 * 1024;
/** 4 TiB: the list of its block hashes takes 128 MiB. */
export const MAX_FILE_BYTES = 2 ** 42;

export function blockCount(size: number): number {
  return Math.ceil(size / BLOCK_BYTES);
}

export function blockStart(block: number): number {
  return block * BLOCK_BYTES;
}

/** 0 for a block that the file does not have. */
export function blockLength(size: number, block: number): number {
  if (!Number.isInteger(block) || block < 0) return 0;
  return Math.max(0, Math.min(BLOCK_BYTES, size - blockStart(block)));
}

export function isFileSize(size: unknown): size is number {
  return isInteger(size) && size >= 0 && size <= MAX_FILE_BYTES;
}
