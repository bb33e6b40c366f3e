// Events of the room: presses, the signaling connection, and what the room tells the other slices.

import type { EntryEvent } from '../entry/events';
import type { ProblemReason } from '../problem';
import type { LeaveReason, ServerMessage } from '../../protocol/wire';
import type { InsideRoom, Member, MemberStatus, RoomSession } from './state';

export type RoomPersonEvent =
  | { readonly type: 'join-pressed'; readonly roomSession: RoomSession }
  | { readonly type: 'join-cancelled' }
  | { readonly type: 'leave-room-pressed' }
  | { readonly type: 'problem-dismissed' };

/** Of the connection to the relay. */
export type RelayEvent =
  | { readonly type: 'signaling-connecting' }
  | { readonly type: 'signaling-connected' }
  /** The signaling connection was lost and is retried automatically. */
  | { readonly type: 'signaling-waiting'; readonly reason: ProblemReason }
  /** The first join failed: unknown host, no relay there, room full. */
  | {
      readonly type: 'signaling-failed';
      readonly field: 'email' | 'room' | 'passcode' | 'relay';
      readonly reason: ProblemReason;
    }
  /** `at` is in milliseconds since 1970. */
  | { readonly type: 'signaling-message'; readonly message: ServerMessage; readonly at: number };

/** The same opened, and what the keys of the room say. */
export type SignalingEvent =
  | RelayEvent
  /** Somebody in the room proves nothing, and is not shown. Once in a stay. */
  | { readonly type: 'signaling-stranger' }
  | EntryEvent;

export type RoomFact =
  | { readonly type: 'room-joining' }
  | { readonly type: 'room-entered' }
  /** The signaling connection was lost; `before` is the room as it was known. */
  | { readonly type: 'room-reentered'; readonly before: InsideRoom }
  /** The person leaves the room, or the membership is lost for good. */
  | { readonly type: 'room-leaving' }
  | { readonly type: 'member-joined'; readonly member: Member }
  | {
      readonly type: 'member-left';
      readonly id: Member['id'];
      readonly reason: LeaveReason;
      /** The new id of the same device. */
      readonly replacedBy: Member['id'] | null;
    }
  | { readonly type: 'member-back'; readonly member: Member }
  /** An unchanged status means that the member was away. */
  | { readonly type: 'member-status'; readonly member: Member; readonly before: MemberStatus };

export interface RoomTimer {
  readonly kind: 'rejoin-room' | 'ice-refresh';
}
