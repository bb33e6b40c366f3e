// Messages on the data channel of one file, in binary (docs/protocol.md).
//
// Invariant: reading never fails; null is a frame that nobody writes.

import { bytesOf, hashOf, HASH_BYTES, type Hash } from './hash';

export type Frame =
  /** Of the sender. Pieces of a block come in order. */
  | {
      readonly kind: 'piece';
      readonly block: number;
      /** Within the block. */
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  /** Behind the pieces of a block; without them for a block that the receiver has. */
  | { readonly kind: 'block'; readonly block: number; readonly hash: Hash }
  /** Behind the last block: the hash of all block hashes. */
  | { readonly kind: 'root'; readonly hash: Hash }
  /** Of the receiver: the block is on its disk. */
  | { readonly kind: 'kept'; readonly block: number }
  /** Of the receiver: the block must be sent again. */
  | { readonly kind: 'again'; readonly block: number };

const KIND = { piece: 1, block: 2, root: 3, kept: 4, again: 5 } as const;
export const PIECE_HEADER_BYTES = 9;

export function writeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  switch (frame.kind) {
    case 'piece':
      return writePiece(frame, new Uint8Array(PIECE_HEADER_BYTES + frame.bytes.length));
    case 'block': {
      const written = numbers(KIND.block, [frame.block], HASH_BYTES);
      written.set(bytesOf(frame.hash), 5);
      return written;
    }
    case 'root': {
      const written = numbers(KIND.root, [], HASH_BYTES);
      written.set(bytesOf(frame.hash), 1);
      return written;
    }
    case 'kept':
    case 'again':
      return numbers(KIND[frame.kind], [frame.block], 0);
  }
}

/** Into this memory, which is long enough. */
export function writePiece(
  { block, offset, bytes }: Omit<Extract<Frame, { kind: 'piece' }>, 'kind'>,
  into: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(into.buffer, into.byteOffset);
  view.setUint8(0, KIND.piece);
  view.setUint32(1, block);
  view.setUint32(5, offset);
  into.set(bytes, PIECE_HEADER_BYTES);
  return into.subarray(0, PIECE_HEADER_BYTES + bytes.length);
}

export function readFrame(bytes: Uint8Array): Frame | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 0) return null;
  switch (view.getUint8(0)) {
    case KIND.piece:
      if (bytes.length <= PIECE_HEADER_BYTES) return null;
      return {
        kind: 'piece',
        block: view.getUint32(1),
        offset: view.getUint32(5),
        bytes: bytes.subarray(PIECE_HEADER_BYTES),
      };
    case KIND.block:
      if (bytes.length !== 5 + HASH_BYTES) return null;
      return { kind: 'block', block: view.getUint32(1), hash: hashOf(bytes.subarray(5)) };
    case KIND.root:
      if (bytes.length !== 1 + HASH_BYTES) return null;
      return { kind: 'root', hash: hashOf(bytes.subarray(1)) };
    case KIND.kept:
    case KIND.again:
      if (bytes.length !== 5) return null;
      return {
        kind: view.getUint8(0) === KIND.kept ? 'kept' : 'again',
        block: view.getUint32(1),
      };
    default:
      return null;
  }
}

function numbers(kind: number, values: readonly number[], more: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1 + 4 * values.length + more);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, kind);
  for (const [index, value] of values.entries()) view.setUint32(1 + 4 * index, value);
  return bytes;
}
