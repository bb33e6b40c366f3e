// State of the chat of a room.
//
// Invariant: bounded in every list; plain values only.

import type { MemberId } from '../../protocol/wire';
import type { ChatEntry } from '../wire/talk/chat';

export interface ChatSlice {
  readonly chat: Chat;
}

export interface Chat {
  /** What a reload keeps. */
  readonly kept: KeptChat;
  /** The delivery to each correspondent, by its id. */
  readonly flows: Readonly<Record<string, Flow>>;
  readonly typing: readonly MemberId[];
  /** `pausing`: that this person types was said a moment ago. */
  readonly typingPace: 'free' | 'pausing';
  /** Whether this person sees the messages. */
  readonly shown: boolean;
  readonly unread: number;
}

export interface KeptChat {
  /** Random, of this page alone: the keys for correspondents are derived from it. */
  readonly secret: string;
  /** In the order that is the same for everybody (list.ts). */
  readonly messages: readonly ChatItem[];
  /** How many older ones are no longer kept. */
  readonly dropped: number;
  /** Lamport's clock. */
  readonly clock: number;
  /** The number of the next own entry. */
  readonly next: number;
  /** Own entries that somebody has not acknowledged, by number. */
  readonly outbox: readonly OutEntry[];
  readonly correspondents: readonly Correspondent[];
}

export interface ChatItem {
  /** The author's session, or what stands for it. */
  readonly author: string;
  readonly number: number;
  readonly clock: number;
  readonly email: string;
  /** Milliseconds since 1970, of this computer. */
  readonly time: number;
  readonly body: { readonly kind: 'text'; readonly text: string } | { readonly kind: 'withdrawn' };
  readonly fate: Fate;
}

/** Of a message by another member (`received`) or an own one; `open`: the outbox has it. */
export type Fate = 'received' | 'open' | 'delivered' | 'undelivered' | 'nobody-here';

export interface OutEntry extends ChatEntry {
  readonly receipts: readonly Receipt[];
}

/** `failed`: not delivered, and not tried again by itself. */
export interface Receipt {
  readonly to: string;
  readonly email: string;
  readonly state: 'waiting' | 'failed';
}

/** Another member, the same under each id that it has proven (correspondents.ts). */
export interface Correspondent {
  /** Its session, or its member id where another one has that session. */
  readonly id: string;
  readonly place: Place;
  readonly email: string;
  /** What it gave us, to be known again by it. */
  readonly key: string | null;
  readonly seen: Seen;
}

/** `awaited`: its membership was lost a short time ago, and it may come back under another id. */
export type Place =
  | { readonly kind: 'here'; readonly member: MemberId }
  | { readonly kind: 'awaited' }
  | { readonly kind: 'gone' };

/** Numbers of entries that are here: all up to `floor`, and those in `above`, ascending. */
export interface Seen {
  readonly floor: number;
  readonly above: readonly number[];
}

export interface Flow {
  /** Sent and not acknowledged, since the last repetition. */
  readonly inFlight: readonly number[];
  readonly pace: 'free' | 'pausing';
  /** Repetitions since the last acknowledgement. */
  readonly tries: number;
}
