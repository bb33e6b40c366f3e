// Payloads of call messages between clients (docs/protocol.md, "Calls, between clients").
//
// Invariant: a malformed payload reads as null, and the reader ignores it.

import type {
  Delivered,
  DeliveredKind,
  DirectedKind,
  MemberId,
  ServerMessage,
} from '../../protocol/wire';
import { isRecord, readId, readJson } from '../json';
import { readMids, writeMids } from './mids';
import type { Description } from './description';
import type { CallId } from '../ids';

/** One call message. */
export type CallMessage =
  | ({
      readonly type: 'user:call';
      readonly offer: Description;
      readonly media: SentMedia;
      /** Who is rung; nobody if the offer joins or repairs. Null: the client tells nothing. */
      readonly called: readonly MemberId[] | null;
      readonly kind: CallKind;
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
  /** The sender holds the other end of this connection, under a new id (reattach-proof.ts). */
  | {
      readonly type: 'peer:returned';
      readonly call: CallId;
      readonly connection: string;
      readonly proof: string;
      /** Whether the sender still needs the same proof from us. */
      readonly waits: boolean;
    };

interface OfCall {
  readonly call: CallId;
  /** See connection-name.ts; null if the other end sends none. */
  readonly connection: string | null;
  /** Offer number of one end; an answer repeats the number of its offer. */
  readonly serial: number | null;
}

/** What the caller wants: a call with cameras, or with voices only. */
export type CallKind = 'video' | 'voice';

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
/** Shown to people only; no rule depends on them. */
export type EndReason = (typeof END_REASONS)[number];

/** The largest frame. Both ends report a longer description (description.ts). */
const LONGEST_SDP = 65_536;
const LONGEST_CANDIDATE = 2_000;
/** More than a room has. */
const MOST_CALLED = 64;

/** How the relay delivers what it receives. */
export const DELIVERED_AS: Readonly<Record<DirectedKind, DeliveredKind>> = {
  'user:call': 'incoming:call',
  'call:accepted': 'call:accepted',
  'call:declined': 'call:declined',
  'call:ended': 'call:ended',
  'peer:nego:needed': 'peer:nego:needed',
  'peer:nego:done': 'peer:nego:final',
  'peer:candidate': 'peer:candidate',
  'user:message': 'user:message',
};

const DELIVERED: readonly string[] = Object.values(DELIVERED_AS);

export function isDelivered(message: ServerMessage): message is Delivered {
  return DELIVERED.includes(message.type);
}

/** The type that the relay receives. */
export function sentAs({ type }: CallMessage): DirectedKind {
  return type === 'peer:returned' ? 'peer:nego:needed' : type;
}

/** Without the type: the envelope has it. */
export function writePayload(message: CallMessage): string {
  const rest = { ...message, type: undefined };
  if ('offer' in message) return JSON.stringify({ ...rest, ...writeDescription(message.offer) });
  if ('answer' in message) return JSON.stringify({ ...rest, ...writeDescription(message.answer) });
  return JSON.stringify(rest);
}

/** Reads a delivered payload; `type` is the type that the sender gave. */
export function readPayload(kind: DeliveredKind, payload: string): CallMessage | null {
  const value = readJson(payload);
  if (!isRecord(value)) return null;
  const call = readId(value['call']);
  if (call === null) return null;
  const connection = readId(value['connection']);
  const of = { call, connection, serial: readSerial(value['serial']) };
  switch (kind) {
    // Of the talk slice (talk/talk-message.ts).
    case 'user:message':
      return null;
    case 'incoming:call': {
      const offer = readDescription('offer', value);
      if (offer === null) return null;
      const media = readMedia(value['media']);
      const called = readCalled(value['called']);
      const callKind = value['kind'] === 'voice' ? 'voice' : 'video';
      return { type: 'user:call', ...of, offer, media, called, kind: callKind };
    }
    case 'call:accepted': {
      const answer = readDescription('answer', value);
      return answer && { type: 'call:accepted', ...of, answer, media: readMedia(value['media']) };
    }
    case 'call:declined':
      return {
        type: 'call:declined',
        call,
        connection,
        reason: readDeclineReason(value['reason']),
      };
    case 'call:ended':
      return { type: 'call:ended', call, reason: readEndReason(value['reason']) };
    case 'peer:nego:needed': {
      const proof = readId(value['proof']);
      if (proof !== null) {
        const waits = value['waits'] === true;
        return connection === null
          ? null
          : { type: 'peer:returned', call, connection, proof, waits };
      }
      const offer = readDescription('offer', value);
      return offer && { type: 'peer:nego:needed', ...of, offer };
    }
    case 'peer:nego:final': {
      const answer = readDescription('answer', value);
      return answer && { type: 'peer:nego:done', ...of, answer };
    }
    case 'peer:candidate': {
      const candidate = readCandidate(value['candidate']);
      return candidate === undefined
        ? null
        : { type: 'peer:candidate', call, connection, candidate };
    }
  }
}

function readSerial(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

function writeDescription({ type, sdp, mids }: Description): Readonly<Record<string, unknown>> {
  return { [type]: { type, sdp }, slots: writeMids(mids) };
}

function readDescription(
  type: Description['type'],
  { [type]: value, slots }: Readonly<Record<string, unknown>>,
): Description | null {
  if (!isRecord(value) || value['type'] !== type) return null;
  const sdp = value['sdp'];
  if (typeof sdp !== 'string' || sdp === '' || sdp.length > LONGEST_SDP) return null;
  return { type, sdp, mids: readMids(sdp, slots) };
}

function readMedia(value: unknown): SentMedia {
  if (!isRecord(value)) return { microphone: false, camera: false };
  return { microphone: value['microphone'] === true, camera: value['camera'] === true };
}

/** Null if nothing is told, or nothing that can be read. */
function readCalled(value: unknown): readonly MemberId[] | null {
  if (!Array.isArray(value) || value.length > MOST_CALLED) return null;
  const ids = value.map(readId).filter((id) => id !== null);
  return ids.length === value.length ? ids : null;
}

function readDeclineReason(value: unknown): DeclineReason {
  return DECLINE_REASONS.find((reason) => reason === value) ?? 'declined';
}

function readEndReason(value: unknown): EndReason {
  return END_REASONS.find((reason) => reason === value) ?? 'ended';
}

/** Undefined if the value is neither a candidate nor null. */
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
