// Errors that the API throws.

import { JsepError } from '../jsep/error.ts';
import {
  ifGiven,
  required,
  toDictionary,
  toEnum,
  toInstance,
  toLong,
  toUnsignedLong,
} from './web-idl.ts';

const DETAILS = [
  'data-channel-failure',
  'dtls-failure',
  'fingerprint-failure',
  'sctp-failure',
  'sdp-syntax-error',
  'hardware-encoder-not-available',
  'hardware-encoder-error',
] as const;

/** `RTCError` (W3C webrtc-pc, 11). */
export class RtcError extends DOMException {
  readonly #errorDetail: (typeof DETAILS)[number];
  readonly #sdpLineNumber: number | null;
  readonly #sctpCauseCode: number | null;
  readonly #receivedAlert: number | null;
  readonly #sentAlert: number | null;

  constructor(init: RTCErrorInit, message = '') {
    const given = toDictionary(init, 'The init of an error');
    super(message, 'OperationError');
    this.#errorDetail = required(given, 'errorDetail', (value) =>
      toEnum(value, DETAILS, 'errorDetail'),
    );
    this.#sdpLineNumber = ifGiven(given['sdpLineNumber'], toLong) ?? null;
    this.#sctpCauseCode = ifGiven(given['sctpCauseCode'], toLong) ?? null;
    this.#receivedAlert = ifGiven(given['receivedAlert'], toUnsignedLong) ?? null;
    this.#sentAlert = ifGiven(given['sentAlert'], toUnsignedLong) ?? null;
  }

  get errorDetail(): (typeof DETAILS)[number] {
    return this.#errorDetail;
  }

  get sdpLineNumber(): number | null {
    return this.#sdpLineNumber;
  }

  get sctpCauseCode(): number | null {
    return this.#sctpCauseCode;
  }

  get receivedAlert(): number | null {
    return this.#receivedAlert;
  }

  get sentAlert(): number | null {
    return this.#sentAlert;
  }
}

/** `RTCErrorEvent` (W3C webrtc-pc, 11.2). */
export class RtcErrorEvent extends Event {
  readonly #error: RtcError;

  constructor(type: string, init: EventInit & { readonly error: RtcError }) {
    const given = toDictionary(init, 'The init of an error event');
    super(type, init);
    this.#error = required(given, 'error', (value) => toInstance(value, RtcError, 'The error'));
  }

  get error(): RtcError {
    return this.#error;
  }
}

/** The DOMException for a JsepError. Any other error is a defect of the plugin and passes through. */
export function exceptionOf(error: unknown): unknown {
  if (!(error instanceof JsepError)) return error;
  if (error.line === null) return new DOMException(error.message, error.reason);
  return new RtcError(
    { errorDetail: 'sdp-syntax-error', sdpLineNumber: error.line },
    error.message,
  );
}

export function closedError(): DOMException {
  return new DOMException('The connection is closed.', 'InvalidStateError');
}

/** For interfaces without a public constructor. */
export function illegalConstructor(): TypeError {
  return new TypeError('Illegal constructor');
}
