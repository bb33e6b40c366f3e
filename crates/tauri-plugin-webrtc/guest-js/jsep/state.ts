// The negotiation of one connection as a value (RFC 8829; W3C webrtc-pc, 4.4 and 5.4).
//
// Invariant: nothing here is changed in place, so a description that is refused half-way leaves
// the state as it was, and rollback is to take up the one before.

import type {
  Direction,
  Fingerprint,
  IceCredentials,
  Session,
  Ssrcs,
  VideoCodec,
} from '../bridge/wire.ts';
import { EMPTY_NUMBERING, type CodecName, type Numbering } from './codecs.ts';
import type { SessionDescription } from './sdp/description.ts';

export type Kind = 'audio' | 'video';
export type SignalingState =
  | 'stable'
  | 'have-local-offer'
  | 'have-remote-offer'
  | 'have-local-pranswer'
  | 'have-remote-pranswer';
export type SdpType = 'offer' | 'pranswer' | 'answer' | 'rollback';

/** What the negotiation needs of the world, given anew with each call. */
export interface Surroundings {
  /** Uniform over 32 bits. */
  readonly random: () => number;
  /** A number that no receiver on this bridge has had. */
  readonly nextId: () => number;
  readonly fingerprint: Fingerprint;
  readonly videoCodecs: readonly VideoCodec[];
}

export interface Jsep {
  readonly sessionId: string;
  /** Of our last description's `o=`. */
  readonly version: number;
  readonly cname: string;
  readonly signaling: SignalingState;
  readonly transceivers: readonly Transceiver[];
  /** A data channel was made, so an m-line for it belongs into the next offer. */
  readonly wantsData: boolean;
  readonly current: Descriptions;
  readonly pending: Descriptions;
  /** Made by `createOffer` and `createAnswer`, not applied yet. */
  readonly lastOffer: Plan | null;
  readonly lastAnswer: Plan | null;
  /** Of the last local description. */
  readonly local: IceCredentials | null;
  /** `restartIce` was called while these were in use. */
  readonly restartFrom: readonly IceCredentials[];
  readonly numbering: Numbering;
  /** All mids that were ever agreed on, in that order: the m-lines of a [`Session`]. Apart from
   *  SDP's, where a rejected one's place is taken by another. */
  readonly ledger: readonly string[];
  readonly session: Session | null;
  /** What a rollback takes up again; null while stable. */
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

/** A description of our own, and which transceiver each of its mids is. */
export interface Plan {
  readonly sdp: string;
  readonly parsed: SessionDescription;
  readonly mids: ReadonlyMap<string, number>;
  readonly ice: IceCredentials;
}

export interface Transceiver {
  /** Also its receiver's, on the bridge. */
  readonly id: number;
  readonly kind: Kind;
  readonly direction: Direction;
  /** `stopping` is told to the other side by the next offer. */
  readonly life: 'live' | 'stopping' | 'stopped';
  readonly madeBy: 'add-track' | 'add-transceiver' | 'remote';
  /** Streams that the sender's track is in. */
  readonly streams: readonly string[];
  /** How our `a=msid` names what is sent. */
  readonly trackId: string;
  readonly preferences: readonly CodecName[] | null;
  readonly send: Ssrcs;
  readonly negotiated: Negotiated;
}

/** What descriptions have made of a transceiver, and a rollback unmakes. */
export interface Negotiated {
  readonly mid: string | null;
  readonly currentDirection: Direction | null;
  /** As the last `track` event or mute knew it: [[FiredDirection]]. */
  readonly firedDirection: Direction | null;
  /** Streams that the other side puts what it sends in. */
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
    ledger: [],
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

/** As seen from the other side. */
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
