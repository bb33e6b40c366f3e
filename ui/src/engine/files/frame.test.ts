// Frames of a file's channel, and blocks put together from them.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assemble, newAssembly, type Assembled } from './assembly';
import { BLOCK_BYTES, blockCount, blockLength } from './block';
import { readFrame, writeFrame, type Frame } from './frame';
import { hashOf } from './hash';

const HASH = 'ab'.repeat(32);
const u32 = fc.nat(4_294_967_295);
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hashOf);
const bytes = fc.uint8Array({ minLength: 1, maxLength: 50 });
const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ kind: fc.constant('piece' as const), block: u32, offset: u32, bytes }),
  fc.record({ kind: fc.constant('block' as const), block: u32, hash }),
  fc.record({ kind: fc.constant('root' as const), hash }),
  fc.record({ kind: fc.constantFrom('kept' as const, 'again' as const), block: u32 }),
);

const piece = (block: number, offset: number, length: number) =>
  ({ kind: 'piece', block, offset, bytes: new Uint8Array(length).fill(offset + 1) }) as const;
const ended = (block: number) => ({ kind: 'block', block, hash: HASH }) as const;

describe('frame', () => {
  it('is_read_as_it_was_written', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(readFrame(writeFrame(frame))).toEqual(frame);
      }),
    );
  });

  it('any_bytes_are_read_without_failing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
        const frame = readFrame(any);
        if (frame !== null) expect(writeFrame(frame)).toEqual(new Uint8Array(any));
      }),
    );
  });

  it.each([[[]], [[0]], [[9, 1, 2, 3]], [[1, 0, 0, 0, 0, 0, 0, 0, 0]], [[4, 0, 0, 0]], [[3, 1]]])(
    '%j_is_none',
    (list) => {
      expect(readFrame(Uint8Array.from(list))).toBeNull();
    },
  );
});

describe('assembly', () => {
  const size = BLOCK_BYTES + 10;

  function put(list: readonly Extract<Frame, { kind: 'piece' | 'block' }>[]): Assembled {
    let result: Assembled = { kind: 'wait', assembly: newAssembly(size) };
    for (const frame of list) {
      if (result.kind === 'fault') return result;
      result = assemble(result.assembly, frame, (length) => new Uint8Array(length));
    }
    return result;
  }
  it('pieces_make_a_block', () => {
    const whole = put([piece(1, 0, 4), piece(1, 4, 6), ended(1)]);
    expect(whole).toMatchObject({ kind: 'block', block: 1, claimed: HASH });
    const made = whole.kind === 'block' ? whole.bytes : null;
    expect(made).toEqual(Uint8Array.from([1, 1, 1, 1, 5, 5, 5, 5, 5, 5]));
  });

  it('hash_alone_has_no_bytes', () => {
    expect(put([ended(0)])).toMatchObject({ kind: 'block', block: 0, bytes: null });
  });

  it.each([
    ['block_that_is_not_there', [piece(2, 0, 4)]],
    ['piece_beyond_the_end', [piece(1, 0, 11)]],
    ['gap', [piece(0, 0, 4), piece(0, 5, 4)]],
    ['same_piece_twice', [piece(0, 0, 4), piece(0, 0, 4)]],
    ['start_in_the_middle', [piece(0, 4, 4)]],
    ['two_blocks_at_once', [piece(0, 0, 4), piece(1, 4, 4)]],
    ['end_of_another_block', [piece(1, 0, 10), ended(0)]],
    ['end_too_soon', [piece(1, 0, 4), ended(1)]],
  ])('%s_is_a_fault', (_, list) => {
    expect(put(list)).toEqual({ kind: 'fault' });
  });

  it('blocks_cover_the_file', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), (length) => {
        const count = blockCount(length);
        expect(blockLength(length, count)).toBe(0);
        expect(blockLength(length, -1)).toBe(0);
        const before = Math.max(0, count - 1) * BLOCK_BYTES;
        expect(before + (count === 0 ? 0 : blockLength(length, count - 1))).toBe(length);
      }),
    );
  });
});
