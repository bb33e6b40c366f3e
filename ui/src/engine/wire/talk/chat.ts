// Chat: entries, their acknowledgements, typing, and the greeting by which a member is known again
// under another id (docs/protocol.md, "Chat").

import { isRecord } from '../../json';
import type { Fields, Readers } from './family';
import { utf8Length } from './utf8';

export type ChatMessage =
  | { readonly type: 'chat'; readonly entries: readonly ChatEntry[] }
  /** The numbers of the receiver's entries that have arrived. */
  | { readonly type: 'chat-ack'; readonly numbers: readonly number[] }
  | { readonly type: 'chat-typing' }
  | {
      readonly type: 'chat-hello';
      /** For the receiver alone: it proves by it that it is the same, under another id. Null as
       *  long as the receiver has to prove that. */
      readonly key: string | null;
      /** Proof with the receiver's key; null if the sender has none. */
      readonly proof: string | null;
      /** Whether a greeting in return is asked for. */
      readonly answer: boolean;
    };

type Of<Type extends ChatMessage['type']> = Extract<ChatMessage, { type: Type }>;

/** One entry of its author, who numbers them from 1. */
export interface ChatEntry {
  readonly number: number;
  /** Lamport's clock: more than that of every entry the author has seen. */
  readonly clock: number;
  readonly body: EntryBody;
}

export type EntryBody =
  | { readonly kind: 'text'; readonly text: string }
  /** The author takes an own text back. */
  | { readonly kind: 'withdrawal'; readonly of: number };

/** Of one text, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 4 * 1024;
/** Entries of one message. */
export const MAX_ENTRIES = 8;
/** Numbers of one acknowledgement. */
const MAX_NUMBERS = 64;
const MAX_KEY_LENGTH = 64;

export const CHAT: Readers<ChatMessage> = {
  chat: readChat,
  'chat-ack': readAck,
  'chat-typing': () => ({ type: 'chat-typing' }),
  'chat-hello': readHello,
};

export function readEntry(value: unknown): ChatEntry | null {
  if (!isRecord(value)) return null;
  const number = readCount(value['number']);
  const clock = readCount(value['clock']);
  const body = isRecord(value['body']) ? readBody(value['body']) : null;
  return number === null || clock === null || body === null ? null : { number, clock, body };
}

function readBody(fields: Fields): EntryBody | null {
  if (fields['kind'] === 'text') {
    const text = fields['text'];
    return isChatText(text) ? { kind: 'text', text } : null;
  }
  const of = readCount(fields['of']);
  return fields['kind'] === 'withdrawal' && of !== null ? { kind: 'withdrawal', of } : null;
}

function isChatText(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && utf8Length(text) <= MAX_TEXT_BYTES;
}

function readChat({ entries }: Fields): Of<'chat'> | null {
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > MAX_ENTRIES) return null;
  const read = entries.map(readEntry).filter((entry) => entry !== null);
  return read.length === entries.length ? { type: 'chat', entries: read } : null;
}

function readAck({ numbers }: Fields): Of<'chat-ack'> | null {
  if (!Array.isArray(numbers) || numbers.length === 0 || numbers.length > MAX_NUMBERS) return null;
  const read = numbers.map(readCount).filter((number) => number !== null);
  return read.length === numbers.length ? { type: 'chat-ack', numbers: read } : null;
}

function readHello({ key, proof, answer }: Fields): Of<'chat-hello'> | null {
  const areKeys = (key === null || isKey(key)) && (proof === null || isKey(proof));
  if (!areKeys || typeof answer !== 'boolean') return null;
  return { type: 'chat-hello', key, proof, answer };
}

export function isKey(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_KEY_LENGTH;
}

/** A whole number from 1. */
export function readCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}
