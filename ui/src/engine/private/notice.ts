// What members tell each other about who is inside: an introduction, and a box for the receiver.
//
// Invariant: no payload of an engine has this form, and none opens as a notice.

import { isRecord, readJson } from '../json';
import { readEpoch, writeEpoch, type Epoch } from './epoch';

export type Notice =
  /** The receiver is inside: the secret of the epoch. */
  | { readonly kind: 'epoch'; readonly epoch: Epoch }
  /** The receiver is outside, and its sender has heard that it asks. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'turned-away' }
  | { readonly kind: 'removed' };

/** Behind an introduction, before its box; in no base64url. */
const BORDER = '.';
/** The type that its box is bound to; no type of the wire. */
export const NOTICE_TYPE = 'room:notice';

export interface SealedNotice {
  /** Of a greeting, a status under the keys of the link. */
  readonly introduction: string;
  /** Empty in a greeting. */
  readonly box: string;
}

export function writeSealedNotice({ introduction, box }: SealedNotice): string {
  return introduction + BORDER + box;
}

/** Null if the payload is another one. */
export function readSealedNotice(payload: string): SealedNotice | null {
  const [introduction, box, ...more] = payload.split(BORDER);
  if (introduction === undefined || box === undefined || more.length > 0) return null;
  return { introduction, box };
}

export function writeNotice(notice: Notice): string {
  if (notice.kind !== 'epoch') return JSON.stringify(notice);
  return JSON.stringify({ kind: notice.kind, epoch: writeEpoch(notice.epoch) });
}

/** Null if it cannot be read. */
export function readNotice(text: string): Notice | null {
  const value = readJson(text);
  if (!isRecord(value)) return null;
  const { kind, epoch: written } = value;
  switch (kind) {
    case 'epoch': {
      const epoch = typeof written === 'string' ? readEpoch(written) : null;
      return epoch && { kind, epoch };
    }
    case 'locked':
    case 'turned-away':
    case 'removed':
      return { kind };
    default:
      return null;
  }
}
