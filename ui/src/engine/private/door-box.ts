// What two members say to each other before they share the keys of a room with a passcode, as the
// payload of `user:message`; and the status of a member that has not come in.
//
// Invariant: one message has one form. Every other form is no message of a door.

import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concatBytes } from '@noble/hashes/utils.js';

import { decrypted } from './box';
import { listOf, numberIn, readBase64url, readNumber, writeBase64url, type Bytes } from './bytes';
import { SHARE_BYTES, TAG_BYTES } from './cpace';
import { derive, SUITE } from './link-secret';
import { KEY_BYTES } from './visit-keys';

/** The keys in one suite of rooms by link, the way into a room with a passcode in another one. */
const DOOR_SUITE = 2;
export const SID_BYTES = 16;
export const ROOT_BYTES = 32;
const BOX_BYTES = ROOT_BYTES + 16;
const WAIT_BYTES = 4;

export type DoorMessage =
  /** A's share and signing key. */
  | { readonly kind: 'hello'; readonly sid: Bytes; readonly share: Bytes; readonly data: Bytes }
  /** B's. */
  | { readonly kind: 'answer'; readonly sid: Bytes; readonly share: Bytes; readonly data: Bytes }
  /** A proves first, so that a wrong guess is seen. */
  | { readonly kind: 'proof'; readonly sid: Bytes; readonly tag: Bytes }
  | { readonly kind: 'welcome'; readonly sid: Bytes; readonly tag: Bytes; readonly box: Bytes }
  /** A has keys of its own, and they stand. */
  | { readonly kind: 'root'; readonly sid: Bytes; readonly box: Bytes }
  | { readonly kind: 'wrong' | 'outside'; readonly sid: Bytes }
  | { readonly kind: 'wait'; readonly sid: Bytes; readonly ms: number };

const KINDS = [
  'hello',
  'answer',
  'proof',
  'welcome',
  'root',
  'wrong',
  'outside',
  'wait',
] as const satisfies readonly DoorMessage['kind'][];

const BODY_BYTES: Readonly<Record<DoorMessage['kind'], number>> = {
  hello: SHARE_BYTES + KEY_BYTES,
  answer: SHARE_BYTES + KEY_BYTES,
  proof: TAG_BYTES,
  welcome: TAG_BYTES + BOX_BYTES,
  root: BOX_BYTES,
  wrong: 0,
  outside: 0,
  wait: WAIT_BYTES,
};

/** Of a member that has no keys yet. */
export const OUTSIDE_STATUS = writeBase64url(Uint8Array.of(DOOR_SUITE, 0));

/** Whether the member says that it has keys. They may be other ones than ours. */
export function claimsInside(status: string | undefined): boolean {
  return status !== undefined && readBase64url(status)?.[0] === SUITE;
}

export function writeDoor(message: DoorMessage): string {
  const kind = KINDS.indexOf(message.kind) + 1;
  return writeBase64url(concatBytes(Uint8Array.of(DOOR_SUITE, kind), message.sid, bodyOf(message)));
}

function bodyOf(message: DoorMessage): Uint8Array {
  switch (message.kind) {
    case 'hello':
    case 'answer':
      return concatBytes(message.share, message.data);
    case 'proof':
      return message.tag;
    case 'welcome':
      return concatBytes(message.tag, message.box);
    case 'root':
      return message.box;
    case 'wait':
      return numberIn(WAIT_BYTES, message.ms);
    case 'wrong':
    case 'outside':
      return new Uint8Array(0);
  }
}

/** Null for every text that `writeDoor` does not write. */
export function readDoor(text: string): DoorMessage | null {
  const bytes = readBase64url(text);
  const kind = KINDS[(bytes?.[1] ?? 0) - 1];
  if (bytes === null || bytes[0] !== DOOR_SUITE || kind === undefined) return null;
  const sid = bytes.slice(2, 2 + SID_BYTES);
  const body = bytes.slice(2 + SID_BYTES);
  if (sid.length !== SID_BYTES || body.length !== BODY_BYTES[kind]) return null;
  switch (kind) {
    case 'hello':
    case 'answer':
      return { kind, sid, share: body.slice(0, SHARE_BYTES), data: body.slice(SHARE_BYTES) };
    case 'proof':
      return { kind, sid, tag: body };
    case 'welcome':
      return { kind, sid, tag: body.slice(0, TAG_BYTES), box: body.slice(TAG_BYTES) };
    case 'root':
      return { kind, sid, box: body };
    case 'wait':
      return { kind, sid, ms: readNumber(body) ?? 0 };
    case 'wrong':
    case 'outside':
      return { kind, sid };
  }
}

/** Whether a payload is one of a door, whatever is in it. */
export function isOfDoor(payload: string): boolean {
  return readBase64url(payload)?.[0] === DOOR_SUITE;
}

/** The keys in which the root goes over; each seals once. */
type Direction = 'welcome' | 'root';

export function sealRoot(
  isk: Uint8Array,
  direction: Direction,
  sid: Bytes,
  root: Uint8Array,
): Bytes {
  return Uint8Array.from(cipherOf(isk, direction, sid).encrypt(root));
}

export function openRoot(
  isk: Uint8Array,
  direction: Direction,
  sid: Bytes,
  box: Bytes,
): Bytes | null {
  return decrypted(cipherOf(isk, direction, sid), box);
}

function cipherOf(isk: Uint8Array, direction: Direction, sid: Bytes) {
  const key = derive(isk, `passcode ${direction}`, 32);
  return chacha20poly1305(key, new Uint8Array(12), listOf('snug passcode 1', direction, sid));
}
