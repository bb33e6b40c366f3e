// Received files on their way to the disk: performs the effects about them.
//
// Invariant: the operations on one file run in order, and each is answered by one event. A hash is
// in the list when its block is on the disk.

import { DiskError } from '../../disk-error';
import type { FilesEffect, FilesEvent } from '../../engine/files/events';
import type { TransferId } from '../../engine/files/state';
import type { FilesPort, ReceivedFile } from '../../ports';
import type { BlockMemory } from './block-memory';
import { blocksIn, setHash } from './sha256';

type SinkEffect = Extract<
  FilesEffect,
  {
    type: 'sink-find' | 'sink-open' | 'block-write' | 'sink-finish' | 'sink-discard' | 'sink-close';
  }
>;

export interface Sinks {
  perform(effect: SinkEffect, tell: (event: FilesEvent) => void): void;
  /** Of an open file. */
  hashes(transfer: TransferId): Uint8Array<ArrayBuffer> | null;
  save(transfer: TransferId): void;
}

export function sinks(disk: FilesPort, memory: BlockMemory): Sinks {
  const files = new Map<TransferId, ReceivedFile>();
  const orders = new Map<TransferId, Promise<void>>();

  function inOrder(
    transfer: TransferId,
    tell: (event: FilesEvent) => void,
    work: () => Promise<FilesEvent | null>,
  ): void {
    orders.set(transfer, after(orders.get(transfer)));

    async function after(before: Promise<void> | undefined): Promise<void> {
      await before;
      const event = await work().catch((error: unknown): FilesEvent => {
        const reason = error instanceof DiskError ? error.reason : 'disk';
        return { type: 'sink-failed', at: performance.now(), transfer, reason };
      });
      if (event !== null) tell(event);
    }
  }

  function perform(effect: SinkEffect, tell: (event: FilesEvent) => void): void {
    const { transfer } = effect;
    inOrder(transfer, tell, () => run(effect));
    if (effect.type === 'sink-discard' || effect.type === 'sink-close') orders.delete(transfer);
  }

  async function run(effect: SinkEffect): Promise<FilesEvent | null> {
    const { transfer } = effect;
    const file = files.get(transfer);
    switch (effect.type) {
      case 'sink-find': {
        // What cannot be looked up is offered as new.
        const found = await disk.find(effect.file).catch(() => null);
        const kept = blocksIn(found?.hashes ?? new Uint8Array());
        const sender = found?.sender ?? null;
        return { type: 'sink-found', at: performance.now(), transfer, kept, sender };
      }
      case 'sink-open': {
        // Again, after a full disk.
        const opened = file ?? (await disk.open(transfer, effect.file, effect.sender));
        files.set(transfer, opened);
        const kept = blocksIn(opened.hashes);
        return { type: 'sink-opened', at: performance.now(), transfer, kept };
      }
      case 'block-write': {
        const { block, bytes, hash } = effect;
        if (file === undefined) return null;
        memory.giveBack(await file.write(block, bytes, hash));
        setHash(file.hashes, block, hash);
        return { type: 'block-written', at: performance.now(), transfer, block };
      }
      case 'sink-finish': {
        if (file === undefined) throw new DiskError('disk');
        const { name, place } = await file.finish();
        if (place === null) file.save();
        return { type: 'sink-finished', at: performance.now(), transfer, name, place };
      }
      case 'sink-discard':
        files.delete(transfer);
        await file?.discard().catch(() => undefined);
        return null;
      case 'sink-close':
        files.delete(transfer);
        await file?.close().catch(() => undefined);
        return null;
    }
  }

  return {
    perform,
    hashes: (transfer) => files.get(transfer)?.hashes ?? null,
    save: (transfer) => files.get(transfer)?.save(),
  };
}
