// CPace: the vectors of the draft and our own, which the Rust implementation checks too
// (`crates/signal-protocol/tests/passcode_rooms.rs`), and shares that are none.

import { sha512 } from '@noble/hashes/sha2.js';
import { ristretto255_hasher } from '@noble/curves/ed25519.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';

import vectors from '../../../../crates/signal-protocol/testdata/passcode-vectors.json';
import { generatorString, sharedKey, shareOf, tagOf, type Common } from './cpace';

const { draft } = vectors;
const COMMON: Common = {
  passcode: hexToBytes(draft.PRS),
  channel: hexToBytes(draft.CI),
  sid: hexToBytes(draft.sid),
};
const A = { share: hexToBytes(draft.Ya), data: hexToBytes(draft.ADa) };
const B = { share: hexToBytes(draft.Yb), data: hexToBytes(draft.ADb) };
const SHOWN = { initiator: A, responder: B };

function hexOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : bytesToHex(bytes);
}

describe('cpace', () => {
  test('has_the_generator_of_the_draft', () => {
    const hash = sha512(generatorString(COMMON));
    expect(ristretto255_hasher.deriveToCurve?.(hash).toHex()).toBe(draft.g);
  });

  test('has_the_shares_and_the_key_of_the_draft', () => {
    expect(hexOf(shareOf(COMMON, hexToBytes(draft.ya)))).toBe(draft.Ya);
    expect(hexOf(shareOf(COMMON, hexToBytes(draft.yb)))).toBe(draft.Yb);
    for (const [scalar, own] of [
      [draft.ya, 'initiator'],
      [draft.yb, 'responder'],
    ] as const) {
      const isk = sharedKey(COMMON.sid, hexToBytes(scalar), SHOWN, own);
      expect(hexOf(isk)).toBe(draft.ISK_IR);
    }
  });

  test.each(vectors.refusedShares)('share_is_refused: $why', ({ share }) => {
    for (const own of ['initiator', 'responder'] as const) {
      const other = own === 'initiator' ? 'responder' : 'initiator';
      const shown = { ...SHOWN, [other]: { ...SHOWN[other], share: hexToBytes(share) } };
      expect(sharedKey(COMMON.sid, hexToBytes(draft.ya), shown, own)).toBeNull();
    }
  });

  test('tags_differ_by_end_and_session', () => {
    const isk = hexToBytes(draft.ISK_IR);
    const tags = [
      tagOf(COMMON.sid, isk, A),
      tagOf(COMMON.sid, isk, B),
      tagOf(
        COMMON.sid.map((byte) => byte ^ 1),
        isk,
        A,
      ),
      tagOf(COMMON.sid, isk, { ...A, data: B.data }),
    ].map(bytesToHex);
    expect(new Set(tags).size).toBe(tags.length);
  });
});
