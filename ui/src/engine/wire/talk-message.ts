// Messages of the `talk` channel between two peers: JSON in text, with a version (docs/protocol.md).
//
// Invariant: reading never fails. What is malformed is told apart from what is only unknown.

import { isRecord, readJson } from '../json';
import type { Demand, SlotDemand } from '../budget/state';

export type TalkMessage = {
  /** How large the sender of this message shows the receiver's video. */
  readonly type: 'video-demand';
} & Demand;

export type ReadTalk =
  | { readonly kind: 'message'; readonly message: TalkMessage }
  /** Of a later version, or of a type that this page does not know. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'malformed' };

export const TALK_VERSION = 1;
/** UTF-16 units are never more than bytes of UTF-8. */
export const MAX_TALK_LENGTH = 16 * 1024;
const MAX_PIXELS = 16_384;

export function writeTalk(message: TalkMessage): string {
  return JSON.stringify({ v: TALK_VERSION, ...message });
}

export function readTalk(text: string): ReadTalk {
  if (text.length > MAX_TALK_LENGTH) return { kind: 'malformed' };
  const value = readJson(text);
  if (!isRecord(value) || typeof value['v'] !== 'number' || typeof value['type'] !== 'string') {
    return { kind: 'malformed' };
  }
  if (value['v'] !== TALK_VERSION || value['type'] !== 'video-demand') return { kind: 'unknown' };
  const camera = readSlot(value['camera']);
  const screen = readSlot(value['screen']);
  if (camera === null || screen === null) return { kind: 'malformed' };
  return { kind: 'message', message: { type: 'video-demand', camera, screen } };
}

function readSlot(value: unknown): SlotDemand | null {
  if (!isRecord(value)) return null;
  if (value['kind'] === 'hidden') return { kind: 'hidden' };
  if (value['kind'] !== 'shown') return null;
  const width = readPixels(value['width']);
  const height = readPixels(value['height']);
  const content = value['content'];
  if (width === null || height === null) return null;
  if (content !== 'text' && content !== 'motion') return null;
  return { kind: 'shown', width, height, content };
}

function readPixels(value: unknown): number | null {
  const isSize = typeof value === 'number' && value >= 1 && value <= MAX_PIXELS;
  return isSize ? Math.round(value) : null;
}
