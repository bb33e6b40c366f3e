// Events of who comes into a private room, and what is asked of the signaling for it.

import type { MemberId } from '../../protocol/wire';

/** Whether who holds the link comes in, or asks those inside. */
export type Entry = 'open' | 'locked';

/** What the keys of the room say. */
export type EntryEvent =
  /** Somebody inside changed it. */
  | { readonly type: 'entry-changed'; readonly entry: Entry; readonly as: 'news' | 'known' }
  /** This person is outside and has asked; or is inside, perhaps again. */
  | { readonly type: 'entry-own'; readonly own: 'outside' | 'inside' }
  /** Somebody outside asks. */
  | { readonly type: 'entry-asked'; readonly member: MemberId; readonly email: string }
  /** It was let in or turned away by somebody, or is gone. */
  | { readonly type: 'entry-ask-over'; readonly member: MemberId }
  /** Those inside do not want this person. */
  | { readonly type: 'entry-refused'; readonly as: 'turned-away' | 'removed' }
  /** Whether somebody has a secret that this page has not: two groups that locked each other out. */
  | { readonly type: 'entry-others'; readonly others: 'seen' | 'unseen' }
  /** For a reload. */
  | { readonly type: 'entry-kept'; readonly epoch: string };

export type EntryPersonEvent =
  | { readonly type: 'room-lock-toggled' }
  | { readonly type: 'let-in-pressed'; readonly member: MemberId }
  | { readonly type: 'turn-away-pressed'; readonly member: MemberId }
  | { readonly type: 'remove-pressed'; readonly member: MemberId };

export interface EntryTimer {
  readonly kind: 'turned-away';
  readonly email: string;
}

/** What those inside do about it. */
export type EntryAsk =
  | { readonly kind: 'set'; readonly entry: Entry }
  | { readonly kind: 'let-in' | 'turn-away' | 'remove'; readonly member: MemberId };
