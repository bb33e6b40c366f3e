// A signed status as the relay gets it: in a private room sealed for all that hold the link, in an open
// room readable.
//
// Invariant: it has one form, and fits into what a relay takes. The nonce is random with 192 bits: all
// members of a private room share the key.

import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';

import { decrypted, readBox, readPlain, writeBox, writePlain } from './box';
import { listOf } from './bytes';
import { pad, STATUS_PADDING, unpad } from './padding';
import { refused, type Opened } from './refusal';
import type { PrivateRoomKeys, RoomKeys } from './room-keys';
import { readSigned, signStatus, type OpenedStatus, type SaidStatus } from './signed-status';
import type { VisitKeys } from './visit-keys';

export const STATUS_NONCE_BYTES = 24;
/** What a relay takes as a status. */
const MAX_STATUS_CHARS = 2_048;

/** Null if email and status are too long together, or the id is. `nonce` is random. */
export function sealStatus(
  keys: RoomKeys,
  visit: VisitKeys,
  said: SaidStatus,
  nonce: Uint8Array,
): string | null {
  const signed = signStatus(keys, visit, said);
  if (signed === null) return null;
  switch (keys.kind) {
    case 'open': {
      const text = writePlain(signed);
      return text.length > MAX_STATUS_CHARS ? null : text;
    }
    case 'private': {
      const padded = pad(signed, STATUS_PADDING);
      return padded && writeBox(nonce, cipher(keys, nonce).encrypt(padded));
    }
  }
}

export function openStatus(keys: RoomKeys, text: string): Opened<OpenedStatus> {
  switch (keys.kind) {
    case 'open': {
      const plain = readPlain(text);
      return 'refused' in plain ? plain : readSigned(keys, plain.content);
    }
    case 'private': {
      const box = readBox(text, STATUS_NONCE_BYTES);
      if ('refused' in box) return box;
      const padded = decrypted(cipher(keys, box.head), box.sealed);
      if (padded === null) return refused('unopened');
      const signed = unpad(padded, STATUS_PADDING);
      return signed === null ? refused('malformed') : readSigned(keys, signed);
    }
  }
}

/** Whether it is sealed with the keys. Who signed it is not asked. */
export function isSealedWith(keys: RoomKeys, text: string): boolean {
  if (keys.kind === 'open') return false;
  const box = readBox(text, STATUS_NONCE_BYTES);
  return !('refused' in box) && decrypted(cipher(keys, box.head), box.sealed) !== null;
}

function cipher({ room, status }: PrivateRoomKeys, nonce: Uint8Array) {
  return xchacha20poly1305(status, nonce, listOf('snug status box 1', room));
}
