// State of the call: ringing, starting, active, and what is remembered of earlier calls.

import type { CallId } from '../ids';
import type { Peer } from '../peer/state';
import type { CallKind } from '../wire/call-message';
import type { Description } from '../wire/description';
import type { CallScope } from '../room/state';
import type { MemberId } from '../../protocol/wire';

export interface CallSlice {
  readonly call: CallState;
  /** The call that is on: with cameras, or with voices only. */
  readonly callKind: CallKind;
  /** Whether the browser supports calls (`RTCPeerConnection`). */
  readonly canCall: boolean;
  /** Finished calls and connections, newest first: later messages about them are stale. */
  readonly finished: readonly string[];
  /** The calls that this page went on from, without a press, to the one that it is in. */
  readonly passed: readonly CallId[];
  /** Admission requests: members whose session is not proven. */
  readonly admissions: readonly Ring[];
  /** Declined calls, in both directions. */
  readonly declines: readonly Decline[];
  /** Of each member that has sent an offer. */
  readonly offerQuotas: Readonly<Record<MemberId, OfferQuota>>;
  /** Length of the last sleep in milliseconds, kept for a while after waking in a call. */
  readonly sleptMs: number | null;
}

export type CallState =
  | { readonly kind: 'none'; readonly ended: CallEnd | null }
  /** One or more calls ring; the first is shown. */
  | { readonly kind: 'incoming'; readonly rings: readonly [Ring, ...Ring[]] }
  /** Camera and microphone are being captured; nothing is sent yet. */
  | { readonly kind: 'starting'; readonly id: CallId; readonly start: CallStart }
  | {
      readonly kind: 'active';
      readonly id: CallId;
      readonly scope: CallScope;
      readonly peers: readonly Peer[];
    };

export type ActiveCall = Extract<CallState, { kind: 'active' }>;

/** The reason why a call or a peer ended. `email` is the other member's, if there is one. */
export type CallEnd =
  | { readonly reason: CallEndReason; readonly email: string }
  | { readonly reason: 'slept'; readonly email: string; readonly sleptMs: number };

export type CallEndReason =
  /** The other member left the call or the room, or the relay removed it. */
  | 'hung-up'
  | 'left'
  | 'removed'
  /** The media path or the other member's place in the room was lost. */
  | 'lost'
  /** The connection failed: here, or at the other end. */
  | 'failed'
  | 'failed-there'
  /** A description was not usable: the remote one here, or ours there. */
  | 'unusable'
  | 'unusable-there'
  /** The other member is in another call now. */
  | 'moved'
  | 'declined'
  /** The other member declined recently; the call did not ring again. */
  | 'declined-before'
  | 'busy'
  | 'unanswered'
  /** The call rang here and was not accepted. */
  | 'missed'
  /** The call ended before this page joined or rejoined it. */
  | 'over'
  /** The reason is unknown to this client. */
  | 'ended';

/** A declined call between two members: no automatic connection between them. */
export interface Decline {
  readonly member: MemberId;
  readonly call: CallId;
  /** Whether this person or the member declined. */
  readonly by: 'self' | 'member';
  /** Number of declines in this room. */
  readonly count: number;
  /** Whether a new call is still declined without ringing. */
  readonly paused: boolean;
}

/** How many more offers of a member are read. */
export interface OfferQuota {
  readonly tokens: number;
  readonly at: number;
  /** `ignored`: it sent too many. */
  readonly reading: 'open' | 'ignored';
}

/** Everybody who is in no call, or these members alone. */
export type Called = 'everybody' | readonly MemberId[];

export type CallStart =
  /** A new call; `rings` has rings of other calls that arrived meanwhile. */
  | { readonly kind: 'call'; readonly to: Called; readonly rings: readonly Ring[] }
  /** Joins a running call; `rings` has offers that arrived meanwhile. */
  | { readonly kind: 'join'; readonly by: 'rule'; readonly rings: readonly Ring[] }
  /** The same by a press: if the call is over by then, `instead` is called. */
  | {
      readonly kind: 'join';
      readonly by: 'press';
      readonly rings: readonly Ring[];
      readonly instead: { readonly call: CallId; readonly to: Called };
    }
  | { readonly kind: 'accept'; readonly rings: readonly [Ring, ...Ring[]] };

/** A ringing call: an offer that waits for Accept. */
export interface Ring {
  readonly call: CallId;
  readonly from: MemberId;
  readonly email: string;
  /** The caller's connection name; null if it sent none. */
  readonly connection: string | null;
  readonly serial: number | null;
  readonly offer: Description;
  /** Who is rung; nobody if the offer joins or repairs. Null: the client tells nothing. */
  readonly called: readonly MemberId[] | null;
  readonly kind: CallKind;
  /** Candidates that arrived before the accept. */
  readonly candidates: readonly (RTCIceCandidateInit | null)[];
}
