// The keys of a member for another one that cannot open its status yet, signed by its key.
//
// Invariant: signed over the room and the member's id, so another member cannot repeat it as its own.

import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

import { readPlain, writePlain } from './box';
import { listOf, readText, type Bytes } from './bytes';
import { refused, type Opened } from './refusal';
import { isSignedBy, KEY_BYTES, sign, SIGNATURE_BYTES, type VisitKeys } from './visit-keys';
import type { MemberId } from '../../protocol/wire';

export interface Introduction {
  readonly id: MemberId;
  readonly signingKey: Bytes;
  readonly agreementKey: Bytes;
}

export function writeIntroduction(
  room: string,
  id: MemberId,
  { signing, agreement }: VisitKeys,
): string {
  const content = concatBytes(signing.shown, agreement.shown, utf8ToBytes(id));
  return writePlain(concatBytes(content, sign(signing, signed(room, content))));
}

export function readIntroduction(room: string, text: string): Opened<Introduction> {
  const plain = readPlain(text);
  if ('refused' in plain) return plain;
  const content = plain.content.subarray(0, -SIGNATURE_BYTES);
  const signingKey = content.slice(0, KEY_BYTES);
  const agreementKey = content.slice(KEY_BYTES, 2 * KEY_BYTES);
  const id = readText(content.subarray(2 * KEY_BYTES));
  if (agreementKey.length !== KEY_BYTES || id === null || id === '') return refused('malformed');
  const signature = plain.content.subarray(-SIGNATURE_BYTES);
  return isSignedBy(signingKey, signature, signed(room, content))
    ? { opened: { id, signingKey, agreementKey } }
    : refused('unsigned');
}

function signed(room: string, content: Uint8Array): Bytes {
  return listOf('snug introduction 1', room, content);
}
