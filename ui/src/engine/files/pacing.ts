// Files yield to the call: they wait while the round trip to any peer is far above its minimum.
//
// Invariant: pure. A peer that is gone holds nothing up.

import { excess, NO_ROUND_TRIPS, withRoundTrip, type RoundTrips } from '../budget/round-trips';
import type { PeerId } from '../ids';

export interface Pacing {
  readonly line: 'free' | 'busy';
  readonly peers: Readonly<Record<PeerId, RoundTrips>>;
}

export interface RoundTripSample {
  readonly peer: PeerId;
  readonly path: string | null;
  readonly roundTripMs: number;
}

const BUSY_ABOVE_MS = 100;
/** A queue that drains goes on draining. */
const FREE_BELOW_MS = 50;

export const FREE_LINE: Pacing = { line: 'free', peers: {} };

/** `samples`: one for each peer whose round trip is known now. */
export function withRoundTrips(
  before: Pacing,
  at: number,
  samples: readonly RoundTripSample[],
): Pacing {
  const peers: Record<PeerId, RoundTrips> = {};
  let highest = 0;
  for (const { peer, path, roundTripMs } of samples) {
    const known = withRoundTrip(before.peers[peer] ?? NO_ROUND_TRIPS, path, at, roundTripMs);
    peers[peer] = known;
    highest = Math.max(highest, excess(known, roundTripMs));
  }
  const limit = before.line === 'busy' ? FREE_BELOW_MS : BUSY_ABOVE_MS;
  return { line: highest >= limit ? 'busy' : 'free', peers };
}
