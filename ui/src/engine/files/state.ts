// Files on their way: each entry is one file to or from one person.
//
// Invariant: plain values. A transfer id is on one entry of the page at most, and only its two ends
// can speak of it.

import type { MemberId } from '../../protocol/wire';
import type { PeerId, SessionId } from '../ids';
import type { BlockSet } from './block-set';
import type { FileId } from './file-id';
import type { Pacing } from './pacing';
import type { Progress } from './progress';

/** Random, chosen by the sender. */
export type TransferId = string;

export interface FilesState {
  /** Whose `talk` channel is open now. */
  readonly peers: readonly FilePeer[];
  readonly sending: readonly Sending[];
  readonly receiving: readonly Receiving[];
  readonly receives: Receives;
  readonly pacing: Pacing;
  /** Broken rules of each session, since the page began. */
  readonly faults: Readonly<Record<SessionId, number>>;
}

export type Receives = 'ask' | 'never';

export interface FilePeer extends FilePerson {
  readonly peer: PeerId;
  readonly member: MemberId;
}

export interface FilePerson {
  readonly session: SessionId;
  readonly email: string;
}

export interface Transfer {
  readonly transfer: TransferId;
  readonly file: FileId;
  readonly person: FilePerson;
  readonly holds: readonly Hold[];
  /** On the receiver's disk. */
  readonly kept: BlockSet;
  readonly progress: Progress;
}

/** What a transfer waits for. */
export type Hold = 'self' | 'other' | 'disk-full';

export interface Sending extends Transfer {
  /** The source at the runtime; one for all receivers of a file. */
  readonly source: string;
  /** Failed channels and damaged blocks since the last block that was kept. */
  readonly tries: number;
  readonly state: SendingState;
}

export type SendingState =
  /** Others to this person come first. */
  | { readonly kind: 'queued' }
  /** Not answered. Offered again on each new connection. */
  | { readonly kind: 'offered' }
  /** Accepted; goes on with the next connection to the same session. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'opening'; readonly peer: PeerId }
  | { readonly kind: 'open'; readonly peer: PeerId; readonly pipeline: Pipeline }
  | { readonly kind: 'ended'; readonly end: TransferEnd };

/** The blocks of an open channel. */
export interface Pipeline {
  /** The first block that had no turn. */
  readonly next: number;
  /** Asked for again. */
  readonly again: readonly number[];
  /** Being read and handed to the channel. */
  readonly pushing: number | null;
  /** Had their turn and are not acknowledged. `hash`: without the content. */
  readonly unkept: readonly { readonly block: number; readonly content: 'pieces' | 'hash' }[];
  readonly root: 'to-send' | 'sent';
}

export interface Receiving extends Transfer {
  /** Damaged blocks since the last one that was kept. */
  readonly wrong: number;
  readonly state: ReceivingState;
}

export type ReceivingState =
  /** `looking`: whether a part of it is here. */
  | { readonly kind: 'offered'; readonly part: 'looking' | 'none' | 'some' }
  /** Accepted; its place on the disk is being made. */
  | { readonly kind: 'preparing' }
  | { readonly kind: 'interrupted' }
  /** The sender may open its channel. */
  | { readonly kind: 'accepted'; readonly peer: PeerId }
  /** `writing`: blocks on their way to the disk. */
  | { readonly kind: 'open'; readonly peer: PeerId; readonly writing: readonly number[] }
  | { readonly kind: 'finishing' }
  | { readonly kind: 'ended'; readonly end: TransferEnd };

export type TransferEnd =
  /** `name` is that on the disk, `place` where it is: the sender knows neither. */
  | { readonly kind: 'done'; readonly name: string | null; readonly place: string | null }
  | { readonly kind: 'refused'; readonly reason: RefuseReason }
  | { readonly kind: 'cancelled'; readonly by: 'self' | 'other' }
  | { readonly kind: 'failed'; readonly reason: FailReason };

export type RefuseReason =
  | 'declined'
  /** This person receives no files. */
  | 'off'
  /** Too many offers wait for an answer. */
  | 'many'
  /** There is no place for files there. */
  | 'unable';

export type FailReason =
  /** The file cannot be read any more, or it changed. */
  | 'unreadable'
  /** The receiver's disk cannot be written. */
  | 'disk'
  /** Blocks arrive damaged again and again. */
  | 'damaged'
  /** The other client broke the rules. */
  | 'broken'
  /** The channel closes again and again. */
  | 'channel';
