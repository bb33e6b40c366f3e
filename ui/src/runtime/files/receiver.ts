// What arrives on the channel of a received file: frames, put together to blocks and hashed.
//
// Invariant: frames are taken in order, and a sender that sends faster than blocks are taken is
// stopped: a few blocks wait in memory, never more. A block that waits for its turn is not answered,
// so a sender that keeps to its window waits too.

import { assemble, newAssembly, type Assembly } from '../../engine/files/assembly';
import { BLOCK_BYTES } from '../../engine/files/block';
import type { FilesEvent } from '../../engine/files/events';
import { readFrame, type Frame } from '../../engine/files/frame';
import type { TransferId } from '../../engine/files/state';
import { free, type BlockMemory } from './block-memory';
import type { BlockTurns } from './block-turns';
import { hashAt, sha256 } from './sha256';

const MAX_WAITING_BYTES = 8 * BLOCK_BYTES;

export interface FileReceiver {
  /** Null: not binary. */
  take(bytes: Uint8Array<ArrayBuffer> | null): void;
}

export function fileReceiver(
  transfer: TransferId,
  size: number,
  hashes: Uint8Array<ArrayBuffer>,
  { memory, turns }: { readonly memory: BlockMemory; readonly turns: BlockTurns },
  tell: (event: FilesEvent) => void,
): FileReceiver {
  let assembly: Assembly = newAssembly(size);
  let waiting = 0;
  let order: Promise<void> = Promise.resolve();
  let broken = false;

  function fault(): void {
    if (broken) return;
    broken = true;
    tell({ type: 'channel-fault', at: performance.now(), transfer });
  }

  function inOrder(bytes: number, work: () => Promise<void>): void {
    waiting += bytes;
    if (waiting > MAX_WAITING_BYTES) return fault();
    order = after(order);

    async function after(before: Promise<void>): Promise<void> {
      await before;
      if (!broken) await work();
      waiting -= bytes;
    }
  }

  function takeBlock(frame: Extract<Frame, { kind: 'piece' | 'block' }>): void {
    const result = assemble(assembly, frame, (length) => memory.take(length));
    if (result.kind === 'fault') return fault();
    assembly = result.assembly;
    if (result.kind === 'wait') return;
    const { block, claimed, bytes } = result;
    inOrder(bytes?.length ?? 0, async () => {
      if (bytes !== null) await turns.next();
      const hash = bytes === null ? hashAt(hashes, block) : await sha256(bytes);
      const at = performance.now();
      tell({ type: 'block-arrived', at, transfer, block, claimed, hash, bytes });
    });
  }

  return {
    take(bytes) {
      if (broken) return;
      const frame = bytes === null ? null : readFrame(bytes);
      switch (frame?.kind) {
        case 'piece':
          takeBlock(frame);
          // Its content is in the block.
          if (bytes !== null) free(bytes.buffer);
          return;
        case 'block':
          return takeBlock(frame);
        case 'root':
          return inOrder(0, async () => {
            const hash = await sha256(hashes);
            const at = performance.now();
            tell({ type: 'root-arrived', at, transfer, claimed: frame.hash, hash });
          });
        // Only a receiver says these.
        case 'kept':
        case 'again':
        case undefined:
          return fault();
      }
    },
  };
}
