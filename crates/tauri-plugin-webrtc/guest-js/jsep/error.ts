// Why a description or a candidate is refused, by the standard's names.
//
// Invariant: whatever the other side sends, the negotiation throws nothing but this.

export type JsepErrorName =
  'InvalidAccessError' | 'InvalidModificationError' | 'InvalidStateError' | 'OperationError';

/** Becomes a `DOMException` of its `reason`; an `RTCError` where a line of SDP is to blame. */
export class JsepError extends Error {
  override readonly name = 'JsepError';

  constructor(
    readonly reason: JsepErrorName,
    message: string,
    /** The line that could not be read, the first is 1 (W3C webrtc-pc, 11.1). */
    readonly line: number | null = null,
  ) {
    super(message);
  }
}

/** The text is no SDP: `RTCError` with `sdp-syntax-error`. */
export function syntaxError(line: number, expected: string): JsepError {
  return new JsepError('OperationError', `Line ${line} of the SDP: ${expected}.`, line);
}
