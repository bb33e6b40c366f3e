// The way into a room with a passcode, as one member sees it: who is there, its own attempt to come in,
// and the attempts of others.
//
// Invariant: plain values. A member has one attempt at a time, and a guest one with this member.

import type { MemberId } from '../../protocol/wire';
import type { Bytes } from './bytes';
import { NO_GUESSES, type Guesses } from './guesses';
import type { RoomKeys } from './room-keys';

export interface Door {
  readonly room: string;
  /** In its normal form. */
  readonly passcode: string;
  readonly signingKey: Bytes;
  /** Null until the relay has said it. */
  readonly self: MemberId | null;
  /** When the relay said it. */
  readonly joinedAt: number;
  /** The secret that all inside share; null as long as this member is outside. */
  readonly root: Bytes | null;
  readonly entry: DoorEntry;
  /** The others, in the relay's order. */
  readonly present: ReadonlyMap<MemberId, Present>;
  readonly attempt: Attempt | null;
  /** What became of attempts with these members. */
  readonly tried: ReadonlyMap<MemberId, Tried>;
  /** Own proofs that came to nothing. */
  readonly unproven: number;
  /** `refused`: the passcode is wrong, and this door has nothing more to do. */
  readonly outcome: 'none' | 'refused';
  readonly guests: ReadonlyMap<MemberId, Guest>;
  /** The guests that this member has let in, while they may still say that their root stands. */
  readonly welcomed: ReadonlyMap<MemberId, Welcomed>;
  readonly guesses: Guesses;
  /** Members that have proven the passcode, and keep other keys. */
  readonly apart: ReadonlySet<MemberId>;
}

/** What the room behind the door says of its lock. */
export interface DoorEntry {
  /** `outside`: this member has the root, and waits at the lock. */
  readonly own: 'inside' | 'outside';
  /** The keys of the statuses since the room was locked for the first time; empty before. */
  readonly epochs: readonly RoomKeys[];
}

export const OPEN_DOOR: DoorEntry = { own: 'inside', epochs: [] };

export interface Present {
  readonly presence: 'here' | 'lost';
  readonly status: string | undefined;
  /** `ours`: its status opens. `foreign`: it says that it is inside, and has other keys. */
  readonly keys: 'none' | 'unknown' | 'ours' | 'foreign';
  /** Since when they are what they are. */
  readonly since: number;
}

/** This member is the initiator. Until then the other end has time. */
export type Attempt =
  | {
      readonly kind: 'asked';
      readonly with: MemberId;
      readonly sid: Bytes;
      /** For the scalar. */
      readonly random: Bytes;
      readonly share: Bytes;
      readonly until: number;
    }
  | {
      readonly kind: 'proven';
      readonly with: MemberId;
      readonly sid: Bytes;
      readonly isk: Bytes;
      /** The tag that the other end has to have. */
      readonly expected: Bytes;
      readonly until: number;
    };

/** Until then the member is not asked again. */
export interface Tried {
  readonly kind: 'silent' | 'wrong' | 'wait' | 'apart';
  readonly until: number;
}

/** This member is the responder. */
export interface Guest {
  readonly sid: Bytes;
  readonly isk: Bytes;
  readonly expected: Bytes;
  readonly own: Bytes;
  readonly at: number;
}

export interface Welcomed {
  readonly sid: Bytes;
  readonly isk: Bytes;
  readonly at: number;
}

export function closedDoor(of: Pick<Door, 'room' | 'passcode' | 'signingKey' | 'root'>): Door {
  return {
    ...of,
    entry: OPEN_DOOR,
    self: null,
    joinedAt: 0,
    present: new Map(),
    attempt: null,
    tried: new Map(),
    unproven: 0,
    outcome: 'none',
    guests: new Map(),
    welcomed: new Map(),
    guesses: NO_GUESSES,
    apart: new Set(),
  };
}

export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map([...map, [key, value]]);
}

export function withoutEntry<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  return new Map([...map].filter(([each]) => each !== key));
}

/** Those of the others that have not lost their sockets. */
export function here({ present }: Door): readonly (readonly [MemberId, Present])[] {
  return [...present].filter(([, { presence }]) => presence === 'here');
}
