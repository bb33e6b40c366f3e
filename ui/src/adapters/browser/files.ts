// Received files in a browser: written to the origin's private file system, and handed out as a
// download when they are whole.
//
// Invariant: an unfinished file survives a reload and a crash.

import { DiskError } from '../../disk-error';
import { blockCount } from '../../engine/files/block';
import { isSameFile, readFileId, type FileId } from '../../engine/files/file-id';
import { safeFileName } from '../../engine/files/file-name';
import { bytesOf, hashOf, HASH_BYTES } from '../../engine/files/hash';
import { isRecord, readJson } from '../../engine/json';
import type { FilesPort } from '../../ports';
import type { DiskAnswer, DiskOperation, DiskReply } from './files-request';

/** Long enough for the browser to have taken the file. */
const REVOKE_AFTER_MS = 60_000;

export function browserFiles(): FilesPort {
  const request = diskWorker();
  return {
    async find(file) {
      const answer = await request(await partOf(file), { kind: 'find' });
      if (answer.kind !== 'found' || answer.found === null) return null;
      const { hashes, about } = answer.found;
      const said = readJson(about);
      if (!isRecord(said) || typeof said['sender'] !== 'string') return null;
      const kept = readFileId(said['file']);
      const fits = hashes.length <= blockCount(file.size) * HASH_BYTES;
      return kept !== null && isSameFile(kept, file) && fits
        ? { hashes, sender: said['sender'] }
        : null;
    },
    async open(_, file, sender) {
      const part = await partOf(file);
      const blocks = blockCount(file.size);
      const opened = await request(part, { kind: 'open', about: { file, sender }, blocks });
      if (opened.kind !== 'opened') throw new DiskError('disk');
      const name = safeFileName(file.name);
      let whole: File | null = null;
      return {
        hashes: opened.hashes,
        async write(block, bytes, hash) {
          const asked = { kind: 'write', block, bytes, hash: bytesOf(hash) } as const;
          const answer = await request(part, asked, [bytes.buffer]);
          if (answer.kind !== 'written') throw new DiskError('disk');
          return answer.bytes;
        },
        async finish() {
          const answer = await request(part, { kind: 'finish' });
          if (answer.kind !== 'whole') throw new DiskError('disk');
          whole = answer.file;
          return { name, place: null };
        },
        save() {
          if (whole !== null) handOut(whole, name);
        },
        async discard() {
          await request(part, { kind: 'discard' });
        },
        async close() {
          await request(part, { kind: whole === null ? 'close' : 'discard' });
        },
      };
    },
  };
}

/** One folder for each file, by what it is known by. */
async function partOf({ name, size, modified, first }: FileId): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([name, size, modified, first]));
  return hashOf(new Uint8Array(await crypto.subtle.digest('SHA-256', text)));
}

function handOut(file: File, name: string): void {
  // As bytes: the browser must save it and show nothing of it.
  const bytes = new File([file], name, { type: 'application/octet-stream' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER_MS);
}

/** What is in `moved` belongs to the worker until its answer. */
type AskDisk = (
  part: string,
  operation: DiskOperation,
  moved?: ArrayBuffer[],
) => Promise<DiskAnswer>;

function diskWorker(): AskDisk {
  const worker = new Worker(new URL('./files-worker.ts', import.meta.url), { type: 'module' });
  const pending = new Map<number, (answer: DiskAnswer) => void>();
  let next = 0;
  const failAll = (): void => {
    for (const answer of pending.values()) answer({ kind: 'failed', reason: 'disk' });
    pending.clear();
  };
  worker.addEventListener('message', ({ data }: MessageEvent<DiskReply>) => {
    pending.get(data.id)?.(data);
    pending.delete(data.id);
  });
  worker.addEventListener('error', failAll);
  worker.addEventListener('messageerror', failAll);
  return async (part, operation, moved = []) => {
    const id = (next += 1);
    const answer = await new Promise<DiskAnswer>((resolve) => {
      pending.set(id, resolve);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
      worker.postMessage({ id, part, ...operation }, moved);
    });
    if (answer.kind === 'failed') throw new DiskError(answer.reason);
    return answer;
  };
}
