// Files yield to the call: they wait while the round trip to any peer is far above its minimum, and
// come slower while audio is made up.
//
// Invariant: pure. A peer that is gone holds nothing up.

import type { HeardAudio } from '../connection-report/statistics';
import { excess, NO_ROUND_TRIPS, withRoundTrip, type RoundTrips } from '../budget/round-trips';
import type { PeerId } from '../ids';
import { FULL_PACE, withHeard, type BlockPace } from './block-pace';

export interface Pacing {
  readonly line: 'free' | 'busy';
  readonly peers: Readonly<Record<PeerId, RoundTrips>>;
  readonly blocks: BlockPace;
}

/** What is known of a peer now. */
export interface LineSample {
  readonly peer: PeerId;
  readonly path: string | null;
  readonly roundTripMs: number | null;
  readonly heard: HeardAudio | null;
}

const BUSY_ABOVE_MS = 100;
/** A queue that drains goes on draining. */
const FREE_BELOW_MS = 50;

export const FREE_LINE: Pacing = { line: 'free', peers: {}, blocks: FULL_PACE };

/** `samples`: one for each peer. */
export function withSamples(before: Pacing, at: number, samples: readonly LineSample[]): Pacing {
  const peers: Record<PeerId, RoundTrips> = {};
  let highest = 0;
  for (const { peer, path, roundTripMs } of samples) {
    if (roundTripMs === null) continue;
    const known = withRoundTrip(before.peers[peer] ?? NO_ROUND_TRIPS, path, at, roundTripMs);
    peers[peer] = known;
    highest = Math.max(highest, excess(known, roundTripMs));
  }
  const limit = before.line === 'busy' ? FREE_BELOW_MS : BUSY_ABOVE_MS;
  const heard = samples.flatMap(({ peer, heard: audio }) =>
    audio === null ? [] : [{ peer, heard: audio }],
  );
  return {
    line: highest >= limit ? 'busy' : 'free',
    peers,
    blocks: withHeard(before.blocks, heard),
  };
}
