// Received files in the app: the shell writes them below the folder for downloads.
//
// Invariant: no path leaves the page, and blocks go as bytes, without JSON.

import { invoke } from '@tauri-apps/api/core';

import { DiskError } from '../../disk-error';
import { isRecord } from '../../engine/json';
import { HASH_BYTES } from '../../engine/files/hash';
import type { FilesPort } from '../../ports';
import type { FileAnswer, FileRequest } from './ipc';

export function tauriFiles(): FilesPort {
  return {
    async find(file) {
      const answer = await request({ kind: 'find', file });
      if (answer.kind !== 'part') return null;
      return { hashes: bytesOf(answer.hashes), sender: answer.sender };
    },
    async open(transfer, file, sender) {
      const opened = await request({ kind: 'open', transfer, file, sender });
      if (opened.kind !== 'part') throw new DiskError('disk');
      return {
        hashes: bytesOf(opened.hashes),
        async write(block, bytes, hash) {
          const headers = { transfer, block: String(block), hash };
          await refused(invoke<void>('file_write', bytes, { headers }));
          return bytes;
        },
        async finish() {
          const answer = await request({ kind: 'finish', transfer });
          if (answer.kind !== 'whole') throw new DiskError('disk');
          const { name, place } = answer;
          return { name, place };
        },
        save() {
          // It is in its place.
        },
        async discard() {
          await request({ kind: 'discard', transfer });
        },
        async close() {
          await request({ kind: 'close', transfer });
        },
      };
    },
  };
}

function request(asked: FileRequest): Promise<FileAnswer> {
  return refused(invoke<FileAnswer>('file_request', { request: asked }));
}

async function refused<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    const isFull = isRecord(error) && error['code'] === 'disk-full';
    throw new DiskError(isFull ? 'full' : 'disk', { cause: error });
  }
}

function bytesOf(digits: string): Uint8Array<ArrayBuffer> {
  const length = Math.floor(digits.length / 2 / HASH_BYTES) * HASH_BYTES;
  return Uint8Array.from({ length }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}
