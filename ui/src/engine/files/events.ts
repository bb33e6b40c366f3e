// Inputs and outputs of the transfer of files.
//
// Invariant: time, random ids, hashes and bytes arrive in events; the state keeps no bytes.

import type { MemberId } from '../../protocol/wire';
import type { PeerId } from '../ids';
import type { FileMessage } from '../wire/talk/files';
import type { BlockSet } from './block-set';
import type { FileId } from './file-id';
import type { Frame } from './frame';
import type { Hash } from './hash';
import type { LineSample } from './pacing';
import type { FilePeer, FilePerson, Receives, TransferId } from './state';

export type FilesEvent =
  FilesPersonEvent | FilesPeerEvent | ChannelEvent | SourceEvent | SinkEvent | FilesCallEvent;

export type FilesPersonEvent =
  | {
      readonly type: 'files-chosen';
      readonly at: number;
      readonly chosen: readonly ChosenFile[];
    }
  | {
      readonly type:
        | 'file-accept-pressed'
        | 'file-refuse-pressed'
        | 'file-cancel-pressed'
        | 'file-pause-pressed'
        | 'file-resume-pressed'
        /** Takes an ended transfer off the list. */
        | 'file-remove-pressed';
      readonly at: number;
      readonly transfer: TransferId;
    };

export interface ChosenFile {
  readonly transfer: TransferId;
  readonly source: string;
  readonly file: FileId;
  readonly to: FilePerson;
}

export type FilesCallEvent =
  /** All peers whose `talk` channel is open. A new connection has a new peer id. */
  | { readonly type: 'peers-changed'; readonly at: number; readonly peers: readonly FilePeer[] }
  | {
      readonly type: 'line-samples';
      readonly at: number;
      readonly samples: readonly LineSample[];
    }
  | { readonly type: 'receives-changed'; readonly receives: Receives };

export interface FilesPeerEvent {
  readonly type: 'file-message';
  readonly at: number;
  readonly from: MemberId;
  readonly message: FileMessage;
}

export type ChannelEvent =
  /** The channel that this end opened is open. */
  | { readonly type: 'channel-opened'; readonly at: number; readonly transfer: TransferId }
  /** The peer opened one. */
  | {
      readonly type: 'channel-arrived';
      readonly at: number;
      readonly peer: PeerId;
      readonly transfer: TransferId;
    }
  | { readonly type: 'channel-closed'; readonly at: number; readonly transfer: TransferId }
  /** Something that no client sends. */
  | { readonly type: 'channel-fault'; readonly at: number; readonly transfer: TransferId }
  | {
      readonly type: 'block-answered';
      readonly at: number;
      readonly transfer: TransferId;
      readonly answer: 'kept' | 'again';
      readonly block: number;
    }
  | {
      readonly type: 'block-arrived';
      readonly at: number;
      readonly transfer: TransferId;
      readonly block: number;
      /** As the sender says. */
      readonly claimed: Hash;
      /** Of `bytes`; without those of the block on the disk, null if there is none. */
      readonly hash: Hash | null;
      readonly bytes: Uint8Array<ArrayBuffer> | null;
    }
  | {
      readonly type: 'root-arrived';
      readonly at: number;
      readonly transfer: TransferId;
      readonly claimed: Hash;
      readonly hash: Hash;
    };

export type SourceEvent =
  /** The block is handed to the channel. */
  | {
      readonly type: 'block-pushed';
      readonly at: number;
      readonly transfer: TransferId;
      readonly block: number;
    }
  | { readonly type: 'source-failed'; readonly at: number; readonly transfer: TransferId };

export type SinkEvent =
  /** What is here of an offered file, and whose it was. */
  | {
      readonly type: 'sink-found';
      readonly at: number;
      readonly transfer: TransferId;
      readonly kept: BlockSet;
      readonly sender: string | null;
    }
  | {
      readonly type: 'sink-opened';
      readonly at: number;
      readonly transfer: TransferId;
      readonly kept: BlockSet;
    }
  | {
      readonly type: 'block-written';
      readonly at: number;
      readonly transfer: TransferId;
      readonly block: number;
    }
  | {
      readonly type: 'sink-finished';
      readonly at: number;
      readonly transfer: TransferId;
      readonly name: string;
      readonly place: string | null;
    }
  | {
      readonly type: 'sink-failed';
      readonly at: number;
      readonly transfer: TransferId;
      readonly reason: 'full' | 'disk';
    };

export type FilesEffect =
  | { readonly type: 'file-say'; readonly to: MemberId; readonly message: FileMessage }
  | { readonly type: 'channel-open'; readonly peer: PeerId; readonly transfer: TransferId }
  | { readonly type: 'channel-close'; readonly transfer: TransferId }
  | { readonly type: 'channel-frame'; readonly transfer: TransferId; readonly frame: Frame }
  /** Read the block; send its pieces and its hash, or the hash alone. */
  | {
      readonly type: 'block-push';
      readonly transfer: TransferId;
      readonly source: string;
      readonly block: number;
      readonly content: 'pieces' | 'hash';
    }
  | { readonly type: 'root-push'; readonly transfer: TransferId; readonly source: string }
  /** Between pieces too. */
  | { readonly type: 'line-changed'; readonly line: 'free' | 'busy' }
  /** Between the beginnings of two blocks, sent and received. */
  | { readonly type: 'pace-changed'; readonly intervalMs: number }
  | { readonly type: 'source-release'; readonly source: string }
  | { readonly type: 'sink-find'; readonly transfer: TransferId; readonly file: FileId }
  | {
      readonly type: 'sink-open';
      readonly transfer: TransferId;
      readonly file: FileId;
      readonly sender: string;
    }
  | {
      readonly type: 'block-write';
      readonly transfer: TransferId;
      readonly block: number;
      readonly hash: Hash;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly type: 'sink-finish'; readonly transfer: TransferId }
  /** Removes what is there of the file. */
  | { readonly type: 'sink-discard'; readonly transfer: TransferId }
  /** Keeps what is there. */
  | { readonly type: 'sink-close'; readonly transfer: TransferId }
  | { readonly type: 'file-note'; readonly note: FileNote };

/** What a person is told, once. */
export interface FileNote {
  readonly code:
    | 'offered'
    | 'received'
    | 'arrived'
    | 'goes-on'
    | 'refused'
    | 'cancelled'
    | 'failed-sending'
    | 'failed-receiving'
    | 'disk-full'
    | 'disk-full-there'
    | 'too-many'
    | 'broken';
  readonly email: string;
  readonly file: string;
}
