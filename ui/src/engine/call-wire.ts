// What clients say to each other about a call (docs/protocol.md, "Calls, between clients"), as
// values and as the payload's text.
//
// Invariant: a payload that is not exactly one of these reads as null and is ignored by its reader.

import type { DeliveredKind, DirectedKind } from '../protocol/wire';
import { isRecord, readId, readJson } from './json';
import type { Description } from './negotiation';
import type { CallId } from './state';

/** One message, as it is sent. */
export type CallMessage =
  | ({
      readonly type: 'user:call';
      readonly offer: Description;
      readonly media: SentMedia;
    } & OfCall)
  | ({
      readonly type: 'call:accepted';
      readonly answer: Description;
      readonly media: SentMedia;
    } & OfCall)
  | {
      readonly type: 'call:declined';
      readonly call: CallId;
      readonly connection: string | null;
      readonly reason: DeclineReason;
    }
  | { readonly type: 'call:ended'; readonly call: CallId; readonly reason: EndReason }
  | ({ readonly type: 'peer:nego:needed'; readonly offer: Description } & OfCall)
  | ({ readonly type: 'peer:nego:done'; readonly answer: Description } & OfCall)
  | {
      readonly type: 'peer:candidate';
      readonly call: CallId;
      readonly connection: string | null;
      readonly candidate: RTCIceCandidateInit | null;
    }
  /** The sender holds the other end of this connection, under a new id (return-proof.ts). */
  | {
      readonly type: 'peer:returned';
      readonly call: CallId;
      readonly connection: string;
      readonly proof: string;
      /** Whether the sender's own end still waits for the same word. */
      readonly waits: boolean;
    };

interface OfCall {
  readonly call: CallId;
  /** See connection-name.ts; null where the other end gives none. */
  readonly connection: string | null;
  /** Counts the offers of one end; an answer repeats the number of its offer. */
  readonly serial: number | null;
}

export interface SentMedia {
  readonly microphone: boolean;
  readonly camera: boolean;
}

const DECLINE_REASONS = ['declined', 'declined-before', 'busy', 'unanswered', 'unusable'] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

const END_REASONS = [
  'hung-up',
  'left',
  'unanswered',
  'moved',
  'lost',
  'failed',
  'unusable',
  'ended',
] as const;
/** Only people are told these; what a link does about its end does not depend on them. */
export type EndReason = (typeof END_REASONS)[number];

/** The largest frame. What is too long of it is told to both sides (description.ts). */
const LONGEST_SDP = 65_536;
const LONGEST_CANDIDATE = 2_000;

const SENT_AS: Readonly<Record<DeliveredKind, DirectedKind>> = {
  'incoming:call': 'user:call',
  'call:accepted': 'call:accepted',
  'call:declined': 'call:declined',
  'call:ended': 'call:ended',
  'peer:nego:needed': 'peer:nego:needed',
  'peer:nego:final': 'peer:nego:done',
  'peer:candidate': 'peer:candidate',
};

export function isDelivered(type: string): type is DeliveredKind {
  return Object.hasOwn(SENT_AS, type);
}

/** The name by which it goes to the relay. */
export function sentAs({ type }: CallMessage): DirectedKind {
  return type === 'peer:returned' ? 'peer:nego:needed' : type;
}

/** Without the type, which the envelope says. */
export function writePayload(message: CallMessage): string {
  return JSON.stringify({ ...message, type: undefined });
}

/** Reads what was delivered, under the name by which it was sent. */
export function readPayload(kind: DeliveredKind, payload: string): CallMessage | null {
  const value = readJson(payload);
  if (!isRecord(value)) return null;
  const call = readId(value['call']);
  if (call === null) return null;
  const connection = readId(value['connection']);
  const of = { call, connection, serial: readSerial(value['serial']) };
  const type = SENT_AS[kind];
  switch (type) {
    case 'user:call': {
      const offer = readDescription('offer', value['offer']);
      return offer && { type, ...of, offer, media: readMedia(value['media']) };
    }
    case 'call:accepted': {
      const answer = readDescription('answer', value['answer']);
      return answer && { type, ...of, answer, media: readMedia(value['media']) };
    }
    case 'call:declined':
      return { type, call, connection, reason: readDeclineReason(value['reason']) };
    case 'call:ended':
      return { type, call, reason: readEndReason(value['reason']) };
    case 'peer:nego:needed': {
      const proof = readId(value['proof']);
      if (proof !== null) {
        const waits = value['waits'] === true;
        return connection === null
          ? null
          : { type: 'peer:returned', call, connection, proof, waits };
      }
      const offer = readDescription('offer', value['offer']);
      return offer && { type, ...of, offer };
    }
    case 'peer:nego:done': {
      const answer = readDescription('answer', value['answer']);
      return answer && { type, ...of, answer };
    }
    case 'peer:candidate': {
      const candidate = readCandidate(value['candidate']);
      return candidate === undefined ? null : { type, call, connection, candidate };
    }
  }
}

function readSerial(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

function readDescription(type: Description['type'], value: unknown): Description | null {
  if (!isRecord(value) || value['type'] !== type) return null;
  const sdp = value['sdp'];
  if (typeof sdp !== 'string' || sdp === '' || sdp.length > LONGEST_SDP) return null;
  return { type, sdp };
}

function readMedia(value: unknown): SentMedia {
  if (!isRecord(value)) return { microphone: false, camera: false };
  return { microphone: value['microphone'] === true, camera: value['camera'] === true };
}

function readDeclineReason(value: unknown): DeclineReason {
  return DECLINE_REASONS.find((reason) => reason === value) ?? 'declined';
}

function readEndReason(value: unknown): EndReason {
  return END_REASONS.find((reason) => reason === value) ?? 'ended';
}

/** Undefined for what is neither a candidate nor null. */
function readCandidate(value: unknown): RTCIceCandidateInit | null | undefined {
  if (value === null) return null;
  if (!isRecord(value)) return undefined;
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = value;
  if (typeof candidate !== 'string' || candidate.length > LONGEST_CANDIDATE) return undefined;
  const read: RTCIceCandidateInit = { candidate };
  if (typeof sdpMid === 'string') read.sdpMid = sdpMid;
  if (typeof sdpMLineIndex === 'number') read.sdpMLineIndex = sdpMLineIndex;
  if (typeof usernameFragment === 'string') read.usernameFragment = usernameFragment;
  return read;
}
