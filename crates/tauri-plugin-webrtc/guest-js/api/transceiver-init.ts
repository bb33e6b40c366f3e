// `RTCRtpTransceiverInit` (W3C webrtc-pc, 4.4.1.9).

import { readEncodings, type Encodings } from './parameters.ts';
import type { Kind } from '../jsep/state.ts';
import { ifGiven, toDictionary, toEnum, toInstance, toSequence } from './web-idl.ts';

export const KINDS = ['audio', 'video'] as const;
/** Initial directions. A transceiver cannot start stopped. */
const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;

export interface ConvertedTransceiverInit {
  readonly direction: (typeof DIRECTIONS)[number];
  /** Ids of the streams of the sender's track. */
  readonly ids: readonly string[];
  readonly encodings: Encodings;
}

export function transceiverInit(kind: Kind, init: unknown): ConvertedTransceiverInit {
  const given = toDictionary(init, 'The options of a transceiver');
  const streams =
    ifGiven(given['streams'], (value) =>
      toSequence(value, (one) => toInstance(one, MediaStream, 'A stream'), 'streams'),
    ) ?? [];
  const encodings =
    ifGiven(given['sendEncodings'], (value) => toSequence(value, (one) => one, 'sendEncodings')) ??
    [];
  return {
    direction:
      ifGiven(given['direction'], (value) => toEnum(value, DIRECTIONS, 'direction')) ?? 'sendrecv',
    ids: streams.map(({ id }) => id),
    encodings: readEncodings(kind, encodings),
  };
}
