// What members say to each other besides calls: JSON in text, with a version (docs/protocol.md). The
// envelope; each family of messages has its own file.
//
// Invariant: reading never fails. What is malformed is told apart from what is only unknown.

import { isRecord, readJson } from '../../json';
import { CHAT, type ChatMessage } from './chat';
import type { Readers } from './family';
import { FILES, type FileMessage } from './files';
import { HANDS, type HandLowerMessage, type HandMessage, type ReactionMessage } from './hands';
import { POINTING, type PointingMessage } from './pointing';
import { VERIFICATION, type IdentityMessage, type VerifyMessage } from './verification';
import { VIDEO_DEMAND, type VideoDemandMessage } from './video-demand';

/** A family adds its messages here, and its readers below. */
export type TalkMessage =
  | ChatMessage
  | FileMessage
  | HandLowerMessage
  | HandMessage
  | IdentityMessage
  | PointingMessage
  | ReactionMessage
  | VerifyMessage
  | VideoDemandMessage;

export type ReadTalk =
  | { readonly kind: 'message'; readonly message: TalkMessage }
  /** Of a later version, or of a type that this page does not know. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'malformed' };

export const TALK_VERSION = 1;
/** Bytes of UTF-8. */
export const MAX_TALK_BYTES = 16 * 1024;

const READERS: Readers<TalkMessage> = {
  ...CHAT,
  ...FILES,
  ...HANDS,
  ...POINTING,
  ...VERIFICATION,
  ...VIDEO_DEMAND,
};

export function writeTalk(message: TalkMessage): string {
  return JSON.stringify({ v: TALK_VERSION, ...message });
}

export function readTalk(text: string): ReadTalk {
  // UTF-16 units are never more than bytes of UTF-8.
  if (text.length > MAX_TALK_BYTES) return { kind: 'malformed' };
  const value = readJson(text);
  if (!isRecord(value)) return { kind: 'malformed' };
  const { v: version, type } = value;
  if (typeof version !== 'number' || typeof type !== 'string') return { kind: 'malformed' };
  if (version !== TALK_VERSION || !isKnown(type)) return { kind: 'unknown' };
  const message = READERS[type](value);
  return message === null ? { kind: 'malformed' } : { kind: 'message', message };
}

function isKnown(type: string): type is TalkMessage['type'] {
  return Object.hasOwn(READERS, type);
}
