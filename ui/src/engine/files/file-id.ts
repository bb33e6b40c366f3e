// What a file is known by, for a resume: name, size, time of its last change, and the hash of its
// first block.

import { readHash, type Hash } from './hash';
import { isFileSize } from './block';
import { isInteger, isRecord } from '../json';

export interface FileId {
  /** As the sender's system says it: never shown or used as it is. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Of no bytes if the file is empty. */
  readonly first: Hash;
}

/** UTF-16 units; systems allow 255. */
const MAX_NAME_LENGTH = 1024;
const MAX_TIME = 8.64e15;

export function isSameFile(a: FileId, b: FileId): boolean {
  return a.name === b.name && a.size === b.size && a.modified === b.modified && a.first === b.first;
}

export function readFileId(value: unknown): FileId | null {
  if (!isRecord(value)) return null;
  const { name, size, modified } = value;
  const first = readHash(value['first']);
  if (typeof name !== 'string' || name.length > MAX_NAME_LENGTH) return null;
  if (!isFileSize(size) || first === null) return null;
  if (!isInteger(modified) || Math.abs(modified) > MAX_TIME) return null;
  return { name, size, modified, first };
}
