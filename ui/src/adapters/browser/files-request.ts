// Messages between the page and the worker that writes received files.

import type { FileId } from '../../engine/files/file-id';

export interface PartAbout {
  readonly file: FileId;
  readonly sender: string;
}

/** `part` names the folder of one file. */
export type DiskRequest = { readonly id: number; readonly part: string } & DiskOperation;

export type DiskOperation =
  | { readonly kind: 'find' }
  | { readonly kind: 'open'; readonly about: PartAbout; readonly blocks: number }
  | {
      readonly kind: 'write';
      readonly block: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly hash: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'finish' | 'close' | 'discard' };

export type DiskReply = { readonly id: number } & DiskAnswer;

export type DiskAnswer =
  | {
      readonly kind: 'found';
      readonly found: { readonly hashes: Uint8Array; readonly about: string } | null;
    }
  | { readonly kind: 'opened'; readonly hashes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'whole'; readonly file: File }
  /** `bytes`: the memory of the request. */
  | { readonly kind: 'written'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: 'full' | 'disk' };
