// Memory of blocks that is used again and given back at once, so that a large file leaves little for
// the engine to collect: engines let tens of mebibytes of such buffers pile up first.
//
// Invariant: a buffer has one owner. Few are kept, and what does not come back is collected.

import { BLOCK_BYTES } from '../../engine/files/block';

/** Those of two blocks under way, at both ends of one file. */
const MAX_SPARE = 4;

export interface BlockMemory {
  /** Of at most a block's length. */
  take(length: number): Uint8Array<ArrayBuffer>;
  /** Nobody uses it any more. */
  giveBack(bytes: Uint8Array<ArrayBuffer>): void;
}

export function blockMemory(): BlockMemory {
  const spare: ArrayBuffer[] = [];
  return {
    take: (length) => new Uint8Array(spare.pop() ?? new ArrayBuffer(BLOCK_BYTES), 0, length),
    giveBack({ buffer }) {
      if (buffer.byteLength === BLOCK_BYTES && spare.length < MAX_SPARE) spare.push(buffer);
    },
  };
}

/** Not in TypeScript's library of the page (ECMAScript 2024). */
interface Transferable {
  transfer(length: number): ArrayBuffer;
}

/** Frees a buffer that nobody uses any more, in engines that can. */
export function free(buffer: ArrayBuffer & Partial<Transferable>): void {
  buffer.transfer?.(0);
}
