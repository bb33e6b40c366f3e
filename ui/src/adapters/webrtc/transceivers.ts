// Selects the transceivers for the microphone and the camera.
//
// Invariant: at most one of each kind, and stable while they exist.

export const TRANSCEIVER_KINDS = ['audio', 'video'] as const;

export type TransceiverKind = (typeof TRANSCEIVER_KINDS)[number];

/** The used part of `RTCRtpTransceiver`. */
interface Transceiver {
  readonly currentDirection: RTCRtpTransceiver['currentDirection'];
  readonly receiver: { readonly track: { readonly kind: string } };
}

/** The previous ones, else the first of each kind. */
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
