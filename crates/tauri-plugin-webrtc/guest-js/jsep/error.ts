// Why a description or candidate is refused, with the error names of the standard.
//
// Invariant: whatever the peer sends, the negotiation throws only this error.

export type JsepErrorName =
  'InvalidAccessError' | 'InvalidModificationError' | 'InvalidStateError' | 'OperationError';

/** Becomes a `DOMException` named `reason`, or an `RTCError` when `line` is set. */
export class JsepError extends Error {
  override readonly name = 'JsepError';

  constructor(
    readonly reason: JsepErrorName,
    message: string,
    /** Number of the invalid line, from 1 (W3C webrtc-pc, 11.1). */
    readonly line: number | null = null,
  ) {
    super(message);
  }
}

/** The text is not SDP: `RTCError` with `sdp-syntax-error`. */
export function syntaxError(line: number, expected: string): JsepError {
  return new JsepError('OperationError', `Line ${line} of the SDP: ${expected}.`, line);
}
