// A payload from one member to another, sealed under the key of their direction.
//
// Invariant: a counter is used once with a key, as it is the nonce. What opens is for this room, this
// type, this sender and this receiver, and newer than all before it.

import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

import { decrypted, readBox, writeBox } from './box';
import { listOf, numberIn, readNumber, readText, type Bytes } from './bytes';
import type { NOTICE_TYPE } from './notice';
import { pad, PAYLOAD_PADDING, unpad } from './padding';
import { refused, type Opened } from './refusal';
import type { DirectedKind, MemberId } from '../../protocol/wire';

/** What the box is bound to. */
export interface Envelope {
  readonly room: string;
  /** As its sender sends it. */
  readonly type: DirectedKind | typeof NOTICE_TYPE;
  readonly from: MemberId;
  readonly to: MemberId;
}

export interface OpenedPayload {
  readonly payload: string;
  readonly counter: number;
}

const COUNTER_BYTES = 8;

/** Null if the payload is too long. `counter` is from 1. */
export function sealPayload(
  key: Bytes,
  envelope: Envelope,
  counter: number,
  payload: string,
): string | null {
  const padded = pad(utf8ToBytes(payload), PAYLOAD_PADDING);
  if (padded === null) return null;
  const sealed = cipher(key, envelope, counter).encrypt(padded);
  return writeBox(numberIn(COUNTER_BYTES, counter), sealed);
}

/** `last` is the counter of the last one that opened, or 0. */
export function openPayload(
  key: Bytes,
  envelope: Envelope,
  last: number,
  text: string,
): Opened<OpenedPayload> {
  const box = readBox(text, COUNTER_BYTES);
  if ('refused' in box) return box;
  const counter = readNumber(box.head);
  if (counter === null || counter <= last) return refused('repeated');
  const padded = decrypted(cipher(key, envelope, counter), box.sealed);
  if (padded === null) return refused('unopened');
  const content = unpad(padded, PAYLOAD_PADDING);
  const payload = content === null ? null : readText(content);
  return payload === null ? refused('malformed') : { opened: { payload, counter } };
}

function cipher(key: Bytes, { room, type, from, to }: Envelope, counter: number) {
  const written = numberIn(COUNTER_BYTES, counter);
  const nonce = concatBytes(new Uint8Array(4), written);
  return chacha20poly1305(key, nonce, listOf('snug box 1', room, type, from, to, written));
}
