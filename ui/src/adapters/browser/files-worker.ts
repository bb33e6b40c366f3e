// Received files in the origin's private file system, written in a worker, which alone has
// synchronous access there.
//
// Invariant: requests are served one after the other; each has one reply. A block is flushed before
// its hash is written, so a hash in the list means that its block is there.

import { BLOCK_BYTES } from '../../engine/files/block';
import { HASH_BYTES } from '../../engine/files/hash';
import type { DiskReply, DiskRequest, PartAbout } from './files-request';

const FOLDER = 'received';
const CONTENT = 'content';
const HASHES = 'hashes';
const ABOUT = 'about.json';
/** Marks a whole file, which was handed out. */
const WHOLE = 'whole';
const KEEP_WHOLE_MS = 24 * 60 * 60 * 1000;

/** Not in TypeScript's library of the page (WHATWG File System, 2.7). */
interface SyncAccess {
  read(into: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface SyncFileHandle {
  createSyncAccessHandle(): Promise<SyncAccess>;
}

/** The same. */
interface Folder {
  entries(): AsyncIterable<[string, FileSystemHandle]>;
}

interface OpenFile {
  readonly content: SyncAccess;
  readonly hashes: SyncAccess;
}

const open = new Map<string, OpenFile>();
let order: Promise<void> = removeOld().catch(() => undefined);

addEventListener('message', ({ data }: MessageEvent<DiskRequest>) => {
  order = answer(order, data);
});

async function answer(before: Promise<void>, request: DiskRequest): Promise<void> {
  await before;
  const reply = await serve(request).catch((error: unknown): DiskReply => {
    return { id: request.id, kind: 'failed', reason: isFull(error) ? 'full' : 'disk' };
  });
  if (reply.kind === 'written') postMessage(reply, { transfer: [reply.bytes.buffer] });
  else postMessage(reply);
}

async function serve(request: DiskRequest): Promise<DiskReply> {
  const { id, part } = request;
  switch (request.kind) {
    case 'find': {
      const found = await findPart(part);
      return { id, kind: 'found', found };
    }
    case 'open': {
      const hashes = await openPart(part, request.about, request.blocks);
      return { id, kind: 'opened', hashes };
    }
    case 'write': {
      const { block, bytes, hash } = request;
      const file = open.get(part);
      if (file === undefined) throw new Error('The file is not open.');
      writeAll(file.content, bytes, block * BLOCK_BYTES);
      file.content.flush();
      writeAll(file.hashes, hash, block * HASH_BYTES);
      file.hashes.flush();
      return { id, kind: 'written', bytes };
    }
    case 'finish': {
      closePart(part);
      const folder = await folderOf(part, false);
      await folder.getFileHandle(WHOLE, { create: true });
      const content = await folder.getFileHandle(CONTENT, { create: true });
      return { id, kind: 'whole', file: await content.getFile() };
    }
    case 'close':
      closePart(part);
      return { id, kind: 'done' };
    case 'discard': {
      closePart(part);
      const root = await rootFolder();
      await root.removeEntry(part, { recursive: true });
      return { id, kind: 'done' };
    }
  }
}

async function findPart(part: string): Promise<{ hashes: Uint8Array; about: string } | null> {
  try {
    const folder = await folderOf(part, false);
    if (await has(folder, WHOLE)) return null;
    const about = await (await folder.getFileHandle(ABOUT)).getFile();
    const hashes = await (await folder.getFileHandle(HASHES)).getFile();
    return {
      hashes: new Uint8Array(await hashes.arrayBuffer()),
      about: await about.text(),
    };
  } catch {
    return null;
  }
}

async function openPart(
  part: string,
  about: PartAbout,
  blocks: number,
): Promise<Uint8Array<ArrayBuffer>> {
  closePart(part);
  const root = await rootFolder();
  const before = await folderOf(part, true);
  // Received once before: this is another copy.
  if (await has(before, WHOLE)) await root.removeEntry(part, { recursive: true });
  const folder = await folderOf(part, true);
  const said = await access(folder, ABOUT);
  said.truncate(0);
  writeAll(said, new TextEncoder().encode(JSON.stringify(about)), 0);
  said.close();
  const content = await access(folder, CONTENT);
  const list = await access(folder, HASHES);
  open.set(part, { content, hashes: list });
  const hashes = new Uint8Array(blocks * HASH_BYTES);
  list.read(hashes, { at: 0 });
  return hashes;
}

function closePart(part: string): void {
  const file = open.get(part);
  open.delete(part);
  file?.content.close();
  file?.hashes.close();
}

async function access(folder: FileSystemDirectoryHandle, name: string): Promise<SyncAccess> {
  const handle: FileSystemFileHandle & Partial<SyncFileHandle> = await folder.getFileHandle(name, {
    create: true,
  });
  if (handle.createSyncAccessHandle === undefined) throw new Error('No synchronous access.');
  return handle.createSyncAccessHandle();
}

/** A full disk writes less, or throws. */
function writeAll(handle: SyncAccess, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  const written = handle.write(bytes, { at });
  if (written !== bytes.length) throw new DOMException('No room.', 'QuotaExceededError');
}

async function rootFolder(): Promise<FileSystemDirectoryHandle> {
  const origin = await navigator.storage.getDirectory();
  return origin.getDirectoryHandle(FOLDER, { create: true });
}

async function folderOf(part: string, create: boolean): Promise<FileSystemDirectoryHandle> {
  return (await rootFolder()).getDirectoryHandle(part, { create });
}

async function has(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  return folder.getFileHandle(name).then(
    () => true,
    () => false,
  );
}

/** Whole files were handed out; what another tab has open stays. */
async function removeOld(): Promise<void> {
  const root: FileSystemDirectoryHandle & Partial<Folder> = await rootFolder();
  for await (const [name, folder] of root.entries?.() ?? []) {
    if (!(folder instanceof FileSystemDirectoryHandle)) continue;
    const mark = await folder.getFileHandle(WHOLE).then(
      (handle) => handle.getFile(),
      () => null,
    );
    if (mark === null || Date.now() - mark.lastModified < KEEP_WHOLE_MS) continue;
    await root.removeEntry(name, { recursive: true }).catch(() => undefined);
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}
