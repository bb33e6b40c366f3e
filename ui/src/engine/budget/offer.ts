// Offers to use less data, when the line has been bad for some seconds.
//
// Invariant: each kind is offered once in a call, and only what would help. An offer closes when it
// is accepted or dismissed, or when the line has been good for some seconds.

import type { DataUse } from './content';

export type OfferKind = Exclude<DataUse, 'full'>;

export interface DataOffer {
  readonly shown: OfferKind | null;
  /** In this call. */
  readonly made: readonly OfferKind[];
  /** The condition of the line now, and since when. */
  readonly condition: LineCondition;
  readonly since: number;
}

/** `bad`: pictures or voices suffer. `starved`: not even the smallest pictures fit. */
export type LineCondition = 'good' | 'bad' | 'starved';

export const NO_OFFER: DataOffer = { shown: null, made: [], condition: 'good', since: 0 };

const BAD_MS = 5_000;
const GOOD_MS = 8_000;

export function nextOffer(
  before: DataOffer,
  at: number,
  condition: LineCondition,
  dataUse: DataUse,
): DataOffer {
  const isSame = before.condition === condition;
  const offer = isSame ? before : { ...before, condition, since: at };
  const lasted = at - offer.since;
  if (condition === 'good') {
    return offer.shown !== null && lasted >= GOOD_MS ? closed(offer) : offer;
  }
  const kind = kindFor(condition, dataUse);
  if (kind === null || lasted < BAD_MS || offer.made.includes(kind)) return offer;
  return { ...offer, shown: kind, made: [...offer.made, kind] };
}

export function closed(offer: DataOffer): DataOffer {
  return offer.shown === null ? offer : { ...offer, shown: null };
}

function kindFor(condition: 'bad' | 'starved', dataUse: DataUse): OfferKind | null {
  switch (dataUse) {
    case 'full':
      return condition === 'starved' ? 'audio-only' : 'saving';
    case 'saving':
      // What is sent is as small as it can be.
      return 'audio-only';
    case 'audio-only':
      return null;
  }
}
