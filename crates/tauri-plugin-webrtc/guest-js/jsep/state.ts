// The JSEP state of one connection as a value (RFC 8829; W3C webrtc-pc, 4.4 and 5.4).
//
// Invariant: values are immutable. A refused description leaves the state unchanged, and a rollback
// restores an earlier one.

import type {
  Direction,
  Fingerprint,
  IceCredentials,
  NegotiatedParameters,
  Ssrcs,
  VideoCodec,
} from '../bridge/wire.ts';
import { EMPTY_NUMBERING, type Numbering, type Preferences } from './codecs.ts';
import type { SessionDescription } from './sdp/description.ts';

export type Kind = 'audio' | 'video';
export type SignalingState =
  | 'stable'
  | 'have-local-offer'
  | 'have-remote-offer'
  | 'have-local-pranswer'
  | 'have-remote-pranswer';
export type SdpType = 'offer' | 'pranswer' | 'answer' | 'rollback';

/** Inputs of the negotiation, passed with each call. */
export interface Environment {
  /** Uniform over 32 bits. */
  readonly random: () => number;
  /** Unique among the receivers of this bridge. */
  readonly nextId: () => number;
  readonly fingerprint: Fingerprint;
  readonly videoCodecs: readonly VideoCodec[];
}

export interface Jsep {
  readonly sessionId: string;
  /** Version in `o=` of our last description. */
  readonly version: number;
  readonly cname: string;
  readonly signaling: SignalingState;
  readonly transceivers: readonly Transceiver[];
  /** A data channel was created, so the next offer has an m-line for it. */
  readonly wantsData: boolean;
  readonly current: Descriptions;
  readonly pending: Descriptions;
  /** Created and not applied. */
  readonly lastOffer: OwnDescription | null;
  readonly lastAnswer: OwnDescription | null;
  /** ICE credentials of the last local description. */
  readonly local: IceCredentials | null;
  /** Credentials that were in use when `restartIce` was called. */
  readonly restartFrom: readonly IceCredentials[];
  readonly numbering: Numbering;
  /** All negotiated mids, in order: the m-lines of a `NegotiatedParameters`. SDP reuses the place of a
   *  rejected m-line, this list does not. */
  readonly agreedMids: readonly string[];
  readonly session: NegotiatedParameters | null;
  /** State to restore on rollback. Null while stable. */
  readonly stable: Stable | null;
}

export interface Stable {
  readonly transceivers: readonly Transceiver[];
  readonly local: IceCredentials | null;
  readonly numbering: Numbering;
}

export interface Descriptions {
  readonly local: Described | null;
  readonly remote: Described | null;
}

export interface Described {
  readonly type: 'offer' | 'pranswer' | 'answer';
  readonly sdp: string;
  readonly parsed: SessionDescription;
}

/** A created description, with the transceiver of each mid. */
export interface OwnDescription {
  readonly sdp: string;
  readonly parsed: SessionDescription;
  readonly mids: ReadonlyMap<string, number>;
  readonly ice: IceCredentials;
}

export interface Transceiver {
  /** Also the id of its receiver on the bridge. */
  readonly id: number;
  readonly kind: Kind;
  readonly direction: Direction;
  /** `stopping`: the next offer rejects the m-line. */
  readonly life: 'live' | 'stopping' | 'stopped';
  readonly madeBy: 'add-track' | 'add-transceiver' | 'remote';
  /** Ids of the streams of the sender's track. */
  readonly streams: readonly string[];
  /** Track id in our `a=msid`. */
  readonly trackId: string;
  readonly preferences: Preferences | null;
  readonly send: Ssrcs;
  readonly negotiated: Negotiated;
}

/** The part that descriptions change, and a rollback restores. */
export interface Negotiated {
  readonly mid: string | null;
  readonly currentDirection: Direction | null;
  /** [[FiredDirection]]: the direction as of the last `track` or `mute` event. */
  readonly firedDirection: Direction | null;
  /** Ids of the peer's streams for its track. */
  readonly remoteStreams: readonly string[];
}

export const NOT_NEGOTIATED: Negotiated = {
  mid: null,
  currentDirection: null,
  firedDirection: null,
  remoteStreams: [],
};

const NO_DESCRIPTIONS: Descriptions = { local: null, remote: null };

export function newJsep(random: () => number): Jsep {
  return {
    // RFC 8829, 5.2.1: 63 random bits.
    sessionId: String((BigInt(random() & 0x7fffffff) << 32n) | BigInt(random())),
    version: 0,
    cname: token(random, 16),
    signaling: 'stable',
    transceivers: [],
    wantsData: false,
    current: NO_DESCRIPTIONS,
    pending: NO_DESCRIPTIONS,
    lastOffer: null,
    lastAnswer: null,
    local: null,
    restartFrom: [],
    numbering: EMPTY_NUMBERING,
    agreedMids: [],
    session: null,
    stable: null,
  };
}

const ICE_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Six random bits a character. */
export function token(random: () => number, length: number): string {
  let text = '';
  for (let index = 0; index < length; index += 1) text += ICE_CHARACTERS.charAt(random() & 63);
  return text;
}

/** RFC 8445, section 5.3: 24 and 128 random bits at least. */
export function newCredentials(random: () => number): IceCredentials {
  return { usernameFragment: token(random, 8), password: token(random, 24) };
}

export function sameCredentials(a: IceCredentials | null, b: IceCredentials | null): boolean {
  return a?.usernameFragment === b?.usernameFragment && a?.password === b?.password;
}

export function byMid(state: Jsep, mid: string): Transceiver | undefined {
  return state.transceivers.find(({ negotiated }) => negotiated.mid === mid);
}

export function withTransceiver(
  state: Jsep,
  id: number,
  change: (transceiver: Transceiver) => Transceiver,
): Jsep {
  return {
    ...state,
    transceivers: state.transceivers.map((one) => (one.id === id ? change(one) : one)),
  };
}

export function sends(direction: Direction | null): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

export function receives(direction: Direction | null): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

/** The direction as the peer sees it. */
export function reversed(direction: Direction): Direction {
  if (direction === 'sendonly') return 'recvonly';
  return direction === 'recvonly' ? 'sendonly' : direction;
}

export function intersection(a: Direction, b: Direction): Direction {
  return directionOf(sends(a) && sends(b), receives(a) && receives(b));
}

export function directionOf(sending: boolean, receiving: boolean): Direction {
  if (sending) return receiving ? 'sendrecv' : 'sendonly';
  return receiving ? 'recvonly' : 'inactive';
}
