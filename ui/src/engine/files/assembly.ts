// Pieces of the block that is under way, put together in the order of their arrival. Each piece is
// written into the memory of its block, which one channel owns.
//
// Invariant: a block is held once at most and never beyond its length. A channel is ordered, so a
// piece that does not follow is a fault of the sender.

import { blockLength } from './block';
import type { Frame } from './frame';

export interface Assembly {
  readonly size: number;
  /** The block under way; null between two blocks. */
  readonly block: number | null;
  /** As long as the block; null between two blocks. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  readonly length: number;
}

export type Assembled =
  | { readonly kind: 'wait'; readonly assembly: Assembly }
  /** `bytes` is null for a block that came without its content. */
  | {
      readonly kind: 'block';
      readonly assembly: Assembly;
      readonly block: number;
      readonly claimed: string;
      readonly bytes: Uint8Array<ArrayBuffer> | null;
    }
  | { readonly kind: 'fault' };

export function newAssembly(size: number): Assembly {
  return { size, block: null, bytes: null, length: 0 };
}

type BlockFrame = Extract<Frame, { kind: 'piece' | 'block' }>;

/** `memory` gives that of a new block, of this length. */
export function assemble(
  before: Assembly,
  frame: BlockFrame,
  memory: (length: number) => Uint8Array<ArrayBuffer>,
): Assembled {
  const length = blockLength(before.size, frame.block);
  if (length === 0) return { kind: 'fault' };
  switch (frame.kind) {
    case 'piece': {
      const isNext = before.block === null ? frame.offset === 0 : before.block === frame.block;
      const end = before.length + frame.bytes.length;
      if (!isNext || frame.offset !== before.length || end > length) return { kind: 'fault' };
      const bytes = before.bytes ?? memory(length);
      bytes.set(frame.bytes, frame.offset);
      return { kind: 'wait', assembly: { ...before, block: frame.block, bytes, length: end } };
    }
    case 'block': {
      const { block, hash: claimed } = frame;
      const assembly = newAssembly(before.size);
      if (before.block === null) return { kind: 'block', assembly, block, claimed, bytes: null };
      if (before.block !== block || before.length !== length) return { kind: 'fault' };
      return { kind: 'block', assembly, block, claimed, bytes: before.bytes };
    }
  }
}
