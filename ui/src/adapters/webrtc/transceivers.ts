// Which transceivers of a connection carry this person: one for the microphone, one for the camera.
//
// Invariant: at most one of each kind, and the same ones for as long as they are there.

export const TRANSCEIVER_KINDS = ['audio', 'video'] as const;

export type TransceiverKind = (typeof TRANSCEIVER_KINDS)[number];

/** What is looked at of an `RTCRtpTransceiver`. */
interface Transceiver {
  readonly currentDirection: RTCRtpTransceiver['currentDirection'];
  readonly receiver: { readonly track: { readonly kind: string } };
}

/** Those of before, and the first of each kind where there is none. */
export function ownTransceivers<T extends Transceiver>(
  all: readonly T[],
  before: readonly T[],
): readonly T[] {
  return TRANSCEIVER_KINDS.flatMap((kind) => {
    const usable = all.filter(
      ({ receiver, currentDirection }) =>
        receiver.track.kind === kind && currentDirection !== 'stopped',
    );
    return usable.find((each) => before.includes(each)) ?? usable[0] ?? [];
  });
}
