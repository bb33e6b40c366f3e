// `file-…`: what the two ends of a transfer agree on. The content of files goes on channels of their
// own (engine/files/frame.ts).

import { blockCount, isFileSize } from '../../files/block';
import { readBlockSet, type BlockSet } from '../../files/block-set';
import { readFileId, type FileId } from '../../files/file-id';
import type { Fields, Readers } from './family';

export type FileMessage =
  /** Of the sender: also again, after each new connection. */
  | { readonly type: 'file-offer'; readonly transfer: string; readonly file: FileId }
  /** Of the receiver, who has these blocks of a file of that size. */
  | {
      readonly type: 'file-accept';
      readonly transfer: string;
      readonly size: number;
      readonly have: BlockSet;
    }
  | {
      readonly type: 'file-refuse';
      readonly transfer: string;
      readonly reason: (typeof REFUSALS)[number];
    }
  /** Of either end. */
  | {
      readonly type: 'file-cancel';
      readonly transfer: string;
      readonly reason: (typeof CANCELS)[number];
    }
  | {
      readonly type: 'file-pause';
      readonly transfer: string;
      readonly reason: (typeof PAUSES)[number];
    }
  | { readonly type: 'file-resume'; readonly transfer: string }
  /** Of the receiver: the whole file is in its place. */
  | { readonly type: 'file-done'; readonly transfer: string };

const REFUSALS = ['declined', 'off', 'many', 'unable'] as const;
const CANCELS = ['person', 'unreadable', 'disk', 'damaged', 'broken', 'channel'] as const;
const PAUSES = ['person', 'disk-full'] as const;
const TRANSFER = /^[0-9a-f]{32}$/;

export const FILES: Readers<FileMessage> = {
  'file-offer': (fields) => {
    const transfer = readTransfer(fields);
    const file = readFileId(fields['file']);
    return transfer === null || file === null ? null : { type: 'file-offer', transfer, file };
  },
  'file-accept': (fields) => {
    const transfer = readTransfer(fields);
    const size = fields['size'];
    if (transfer === null || !isFileSize(size)) return null;
    const have = readBlockSet(fields['have'], blockCount(size));
    return have === null ? null : { type: 'file-accept', transfer, size, have };
  },
  'file-refuse': (fields) => withReason('file-refuse', REFUSALS, fields),
  'file-cancel': (fields) => withReason('file-cancel', CANCELS, fields),
  'file-pause': (fields) => withReason('file-pause', PAUSES, fields),
  'file-resume': (fields) => bare('file-resume', fields),
  'file-done': (fields) => bare('file-done', fields),
};

export function isTransferId(value: unknown): value is string {
  return typeof value === 'string' && TRANSFER.test(value);
}

function readTransfer(fields: Fields): string | null {
  const transfer = fields['transfer'];
  return isTransferId(transfer) ? transfer : null;
}

function withReason<Type extends string, Reason extends string>(
  type: Type,
  reasons: readonly Reason[],
  fields: Fields,
): { readonly type: Type; readonly transfer: string; readonly reason: Reason } | null {
  const transfer = readTransfer(fields);
  const reason = reasons.find((known) => known === fields['reason']);
  return transfer === null || reason === undefined ? null : { type, transfer, reason };
}

function bare<Type extends string>(
  type: Type,
  fields: Fields,
): { readonly type: Type; readonly transfer: string } | null {
  const transfer = readTransfer(fields);
  return transfer === null ? null : { type, transfer };
}
