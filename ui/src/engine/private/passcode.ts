// Passcodes as people type and say them, and the rooms that they open.
//
// Invariant: one passcode has one normal form, in any spelling. The room at the relay follows from the
// room's name alone.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

import { listOf } from './bytes';
import { derive } from './link-secret';
import type { PrivateRoomKeys } from './room-keys';

/** In letters and digits of the normal form. */
const MIN_PASSCODE = 4;
const MAX_PASSCODE = 256;
/** 128 bits. */
const ROOM_DIGITS = 32;

/** Without spaces, hyphens, other signs, marks and capitals; null if too little or too much is left. */
export function readPasscode(text: string): string | null {
  // Letters of other forms (ligatures, full width) are theirs; `ß` has no capital in most fonts.
  const normal = Array.from(text.normalize('NFKD').toLowerCase().replaceAll('ß', 'ss'))
    .filter((letter) => /[\p{L}\p{N}]/u.test(letter))
    .join('');
  const { length } = Array.from(normal);
  return length < MIN_PASSCODE || length > MAX_PASSCODE ? null : normal;
}

/** As the relay knows the room. */
export function passcodeRoom(name: string): string {
  const hash = bytesToHex(sha256(listOf('snug passcode room 1', name)));
  return `passcode-${hash.slice(0, ROOM_DIGITS)}`;
}

/** As in a room by link, but the relay gets no proof: members decide who comes in. */
export function passcodeKeys(room: string, root: Uint8Array): PrivateRoomKeys {
  return {
    kind: 'private',
    room,
    proof: null,
    root: Uint8Array.from(root),
    status: derive(root, 'status', 32),
  };
}
