// Errors that the API throws.

import { JsepError } from '../jsep/error.ts';

/** `RTCError` (W3C webrtc-pc, 11). */
export class RtcError extends DOMException {
  readonly errorDetail: string;
  readonly sdpLineNumber: number | null;
  readonly sctpCauseCode: number | null;
  readonly receivedAlert: number | null;
  readonly sentAlert: number | null;
  readonly httpRequestStatusCode: number | null;

  constructor(init: RTCErrorInit, message = '') {
    super(message, 'OperationError');
    this.errorDetail = init.errorDetail;
    this.sdpLineNumber = init.sdpLineNumber ?? null;
    this.sctpCauseCode = init.sctpCauseCode ?? null;
    this.receivedAlert = init.receivedAlert ?? null;
    this.sentAlert = init.sentAlert ?? null;
    this.httpRequestStatusCode = null;
  }
}

/** `RTCErrorEvent` (W3C webrtc-pc, 11.2). */
export class RtcErrorEvent extends Event {
  readonly error: RtcError;

  constructor(type: string, init: EventInit & { readonly error: RtcError }) {
    super(type, init);
    this.error = init.error;
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
