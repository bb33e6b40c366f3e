// The transceivers of one connection by slot: which of them this end sends on.
//
// Invariant: at most one for each slot, of the slot's medium, and stable while it exists.

import { MEDIUM, SLOTS, type Mids, type Slot } from '../../engine/media/slot';

/** The used part of `RTCRtpTransceiver`. */
export interface Transceiver {
  readonly mid: string | null;
  readonly currentDirection: RTCRtpTransceiver['currentDirection'];
  readonly receiver: { readonly track: { readonly kind: string } };
}

export type BySlot<T> = ReadonlyMap<Slot, T>;

/** The transceivers that a description names. */
export function namedTransceivers<T extends Transceiver>(all: readonly T[], mids: Mids): BySlot<T> {
  const usable = all.filter(({ currentDirection }) => currentDirection !== 'stopped');
  return new Map(
    SLOTS.flatMap((slot) => {
      const named = usable.find(
        (each) => each.mid === mids[slot] && each.receiver.track.kind === MEDIUM[slot],
      );
      return named === undefined ? [] : [[slot, named] as const];
    }),
  );
}

/** After an offer: the previous ones, else those that the offer names. */
export function ownTransceivers<T extends Transceiver>(
  all: readonly T[],
  mids: Mids,
  before: BySlot<T>,
): BySlot<T> {
  const own = new Map(
    [...before].filter(([, each]) => all.includes(each) && each.currentDirection !== 'stopped'),
  );
  const used = new Set(own.values());
  for (const [slot, named] of namedTransceivers(all, mids)) {
    if (!own.has(slot) && !used.has(named)) own.set(slot, named);
  }
  return own;
}

/** The slots of our descriptions. */
export function midsOf(own: BySlot<Transceiver>): Mids {
  const mids: Partial<Record<Slot, string>> = {};
  for (const [slot, { mid }] of own) if (mid !== null) mids[slot] = mid;
  return mids;
}
