// Padding before sealing, so that sizes tell little: a length, the content, zeros.
//
// Invariant: one content has one padded form. Reading refuses a larger size than needed, and bytes
// behind the content that are not zero.

import { concatBytes } from '@noble/hashes/utils.js';

import { numberIn, readNumber, type Bytes } from './bytes';

/** A size with its length in front: what a content of so many bytes is padded to; null: too long. */
export interface Padding {
  readonly lengthBytes: 2 | 4;
  readonly sizeFor: (bytes: number) => number | null;
}

const STATUS_SIZES = [512, 1_408] as const;
const SMALL_SIZES = [512, 1_024, 2_048] as const;
const STEP = 4_096;
/** In base64url it still fits into a frame of 64 KiB. */
const LARGEST = 11 * STEP;

/** In base64url both sizes fit into the 2 KiB that a relay takes. */
export const STATUS_PADDING: Padding = {
  lengthBytes: 2,
  sizeFor: (bytes) => STATUS_SIZES.find((size) => bytes <= size) ?? null,
};

/**
 * Candidates and chat fit into the small sizes. In multiples of 4 KiB alone, the candidates of a
 * newcomer in a room of twelve would exceed the relay's limit of bytes.
 */
export const PAYLOAD_PADDING: Padding = {
  lengthBytes: 4,
  sizeFor: (bytes) => {
    if (bytes > LARGEST) return null;
    return SMALL_SIZES.find((size) => bytes <= size) ?? Math.ceil(bytes / STEP) * STEP;
  },
};

/** Null if the content is too long. */
export function pad(content: Uint8Array, { lengthBytes, sizeFor }: Padding): Bytes | null {
  const size = sizeFor(lengthBytes + content.length);
  if (size === null) return null;
  const zeros = new Uint8Array(size - lengthBytes - content.length);
  return concatBytes(numberIn(lengthBytes, content.length), content, zeros);
}

/** Null if it is not what `pad` makes. */
export function unpad(padded: Bytes, { lengthBytes, sizeFor }: Padding): Bytes | null {
  const length = readNumber(padded.subarray(0, lengthBytes));
  if (length === null || padded.length < lengthBytes) return null;
  if (sizeFor(lengthBytes + length) !== padded.length) return null;
  const end = lengthBytes + length;
  if (padded.subarray(end).some((byte) => byte !== 0)) return null;
  return padded.slice(lengthBytes, end);
}
