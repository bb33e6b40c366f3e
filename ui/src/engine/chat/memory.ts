// The chat in the storage of the tab, for a reload.
//
// Invariant: bounded; what is not exactly a chat of this session reads as null.

import { isRecord } from '../json';
import { isKey, readCount, readEntry } from '../wire/talk/chat';
import type {
  ChatItem,
  Correspondent,
  Fate,
  KeptChat,
  OutEntry,
  Place,
  Receipt,
  Seen,
} from './state';

const MAX_MESSAGES = 300;
/** Of all texts together, in UTF-16 units. */
const MAX_CHARACTERS = 200_000;
const FATES: readonly Fate[] = ['received', 'open', 'delivered', 'undelivered', 'nobody-here'];

type Read<T> = (value: unknown) => T | null;

/** The newest messages; the others count as dropped. */
export function writeChat(session: string, kept: KeptChat): string {
  let characters = 0;
  const newest = kept.messages.slice(-MAX_MESSAGES).toReversed();
  const tooMuch = newest.findIndex(({ body }) => {
    characters += body.kind === 'text' ? body.text.length : 0;
    return characters > MAX_CHARACTERS;
  });
  const messages = (tooMuch < 0 ? newest : newest.slice(0, tooMuch)).toReversed();
  const dropped = kept.dropped + kept.messages.length - messages.length;
  return JSON.stringify({ session, kept: { ...kept, messages, dropped } });
}

export function readChat(session: string, value: unknown): KeptChat | null {
  if (!isRecord(value) || value['session'] !== session || !isRecord(value['kept'])) return null;
  const { secret, dropped, clock, next, ...lists } = value['kept'];
  const messages = readList(lists['messages'], readItem);
  const outbox = readList(lists['outbox'], readOutEntry);
  const correspondents = readList(lists['correspondents'], readCorrespondent);
  if (messages === null || outbox === null || correspondents === null) return null;
  if (!isKey(secret) || !isWhole(dropped) || !isWhole(clock) || !isWhole(next)) return null;
  return { secret, messages, dropped, clock, next, outbox, correspondents };
}

function readItem(value: unknown): ChatItem | null {
  if (!isRecord(value) || !isRecord(value['body'])) return null;
  const { author, number, clock, email, time, body } = value;
  const fate = FATES.find((each) => each === value['fate']);
  if (typeof author !== 'string' || typeof email !== 'string' || fate === undefined) return null;
  if (!isWhole(number) || !isWhole(clock) || typeof time !== 'number') return null;
  const item = { author, number, clock, email, time, fate };
  if (body['kind'] === 'withdrawn') return { ...item, body: { kind: 'withdrawn' } };
  const { text } = body;
  return typeof text === 'string' ? { ...item, body: { kind: 'text', text } } : null;
}

function readOutEntry(value: unknown): OutEntry | null {
  const entry = readEntry(value);
  const receipts = isRecord(value) ? readList(value['receipts'], readReceipt) : null;
  return entry === null || receipts === null ? null : { ...entry, receipts };
}

function readReceipt(value: unknown): Receipt | null {
  if (!isRecord(value)) return null;
  const { to, email, state } = value;
  if (typeof to !== 'string' || typeof email !== 'string') return null;
  return state === 'waiting' || state === 'failed' ? { to, email, state } : null;
}

function readCorrespondent(value: unknown): Correspondent | null {
  if (!isRecord(value)) return null;
  const { id, email, key } = value;
  const place = readPlace(value['place']);
  const seen = readSeen(value['seen']);
  if (typeof id !== 'string' || typeof email !== 'string' || place === null || seen === null) {
    return null;
  }
  return key === null || isKey(key) ? { id, email, key, place, seen } : null;
}

function readPlace(value: unknown): Place | null {
  if (!isRecord(value)) return null;
  const { kind, member } = value;
  if (kind === 'here') return typeof member === 'string' ? { kind, member } : null;
  return kind === 'awaited' || kind === 'gone' ? { kind } : null;
}

function readSeen(value: unknown): Seen | null {
  if (!isRecord(value)) return null;
  const { floor } = value;
  const above = readList(value['above'], readCount);
  return isWhole(floor) && above !== null ? { floor, above } : null;
}

function readList<T>(value: unknown, read: Read<T>): readonly T[] | null {
  if (!Array.isArray(value)) return null;
  const items = value.map(read).filter((item) => item !== null);
  return items.length === value.length ? items : null;
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
