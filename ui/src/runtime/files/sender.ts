// Pushes blocks of a file into its channel: pieces, then the hash.
//
// Invariant: a piece goes out when the channel has room and the line is free. What was read for a
// channel that is closed goes nowhere.

import { PIECE_HEADER_BYTES, writeFrame, writePiece } from '../../engine/files/frame';
import type { FileChannel } from '../../ports';
import type { BlockMemory } from './block-memory';
import type { BlockTurns } from './block-turns';
import { setHash, sha256 } from './sha256';
import type { FileSource } from './source';

export interface LineGate {
  /** Null while the line is free. */
  readonly free: () => Promise<void> | null;
}

export interface PushRules {
  readonly gate: LineGate;
  readonly turns: BlockTurns;
  readonly memory: BlockMemory;
}

/** Rejects if the source cannot be read. */
export async function pushBlock(
  channel: FileChannel,
  source: FileSource,
  { gate, turns, memory }: PushRules,
  block: number,
  content: 'pieces' | 'hash',
): Promise<void> {
  if (content === 'pieces') await turns.next();
  const bytes = await source.read(block, memory);
  const hash = await sha256(bytes);
  setHash(source.hashes, block, hash);
  if (content === 'pieces') await pushPieces(channel, gate, block, bytes);
  channel.send(writeFrame({ kind: 'block', block, hash }));
  memory.giveBack(bytes);
}

export async function pushRoot(channel: FileChannel, source: FileSource): Promise<void> {
  channel.send(writeFrame({ kind: 'root', hash: await sha256(source.hashes) }));
}

async function pushPieces(
  channel: FileChannel,
  gate: LineGate,
  block: number,
  bytes: Uint8Array,
): Promise<void> {
  const length = channel.messageBytes - PIECE_HEADER_BYTES;
  // A channel copies what it sends.
  const message = new Uint8Array(channel.messageBytes);
  for (let offset = 0; offset < bytes.length; offset += length) {
    for (
      let wait = gate.free() ?? channel.room();
      wait !== null;
      wait = gate.free() ?? channel.room()
    )
      await wait;
    const piece = bytes.subarray(offset, offset + length);
    channel.send(writePiece({ block, offset, bytes: piece }, message));
  }
}

/** A gate that `set` opens and closes. */
export function lineGate(): LineGate & { set(line: 'free' | 'busy'): void } {
  let waiting: { readonly promise: Promise<void>; readonly open: () => void } | null = null;
  return {
    free: () => waiting?.promise ?? null,
    set(line) {
      if (line === 'free') {
        waiting?.open();
        waiting = null;
        return;
      }
      if (waiting !== null) return;
      const { promise, resolve } = deferred();
      waiting = { promise, open: resolve };
    },
  };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  const resolvers: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => {
    resolvers.push(resolve);
  });
  return { promise, resolve: () => resolvers[0]?.() };
}
