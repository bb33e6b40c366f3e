// A member's status with its email and keys, signed by its key over the room.
//
// Invariant: what is read is signed over the room and the member's id, so a status that another member
// repeats is refused. One content has one form.

import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

import { listOf, numberIn, readNumber, readText, type Bytes } from './bytes';
import { refused, type Opened } from './refusal';
import type { RoomKeys } from './room-keys';
import { isSignedBy, KEY_BYTES, sign, SIGNATURE_BYTES, type VisitKeys } from './visit-keys';

export interface SaidStatus {
  /** The member that says it; empty as long as it has none. */
  readonly id: string;
  readonly email: string;
  readonly status: string;
  /** Larger than in all earlier ones of the same signing key. */
  readonly counter: number;
}

export interface OpenedStatus extends SaidStatus {
  readonly signingKey: Bytes;
  readonly agreementKey: Bytes;
}

/** Their lengths are one byte and two. */
const MAX_ID_BYTES = 255;
const MAX_TEXT_BYTES = 65_535;

/** The content and its signature; null if the id or a text is too long. */
export function signStatus(
  keys: RoomKeys,
  { signing, agreement }: VisitKeys,
  { id, email, status, counter }: SaidStatus,
): Bytes | null {
  const [idBytes, ...texts] = [id, email, status].map((text) => utf8ToBytes(text));
  // A longer one would be read as a shorter one, and its end as an email.
  if (idBytes === undefined || idBytes.length > MAX_ID_BYTES) return null;
  if (texts.some(({ length }) => length > MAX_TEXT_BYTES)) return null;
  const content = concatBytes(
    signing.shown,
    agreement.shown,
    numberIn(8, counter),
    numberIn(1, idBytes.length),
    idBytes,
    ...texts.flatMap((text) => [numberIn(2, text.length), text]),
  );
  return concatBytes(content, sign(signing, signed(keys, content)));
}

export function readSigned(keys: RoomKeys, bytes: Bytes): Opened<OpenedStatus> {
  const content = bytes.subarray(0, -SIGNATURE_BYTES);
  const status = readContent(content);
  if (status === null) return refused('malformed');
  const signature = bytes.subarray(-SIGNATURE_BYTES);
  return isSignedBy(status.signingKey, signature, signed(keys, content))
    ? { opened: status }
    : refused('unsigned');
}

function readContent(content: Bytes): OpenedStatus | null {
  let at = 0;
  const take = (length: number): Bytes | null => {
    const taken = content.slice(at, at + length);
    at += length;
    return taken.length === length ? taken : null;
  };
  const text = (lengthBytes: number): string | null => {
    const length = readNumber(take(lengthBytes) ?? new Uint8Array(0)) ?? 0;
    const taken = take(length);
    return taken === null ? null : readText(taken);
  };
  const signingKey = take(KEY_BYTES);
  const agreementKey = take(KEY_BYTES);
  const counter = readNumber(take(8) ?? new Uint8Array(0));
  const id = text(1);
  const email = text(2);
  const status = text(2);
  if (at !== content.length || signingKey === null || agreementKey === null) return null;
  if (counter === null || id === null || email === null || status === null) return null;
  return { signingKey, agreementKey, counter, id, email, status };
}

function signed({ room }: RoomKeys, content: Uint8Array): Bytes {
  return listOf('snug status 1', room, content);
}
