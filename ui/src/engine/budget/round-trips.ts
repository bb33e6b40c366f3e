// The shortest round trip of a path over the last 15 to 30 s, and how far a new one is above it.
//
// Invariant: a longer path counts as normal after at most 30 s, and at once if the path changed.

export interface RoundTrips {
  readonly path: string | null;
  readonly bucketSince: number;
  readonly shortest: number | null;
  readonly shortestBefore: number | null;
}

const BUCKET_MS = 15_000;

export const NO_ROUND_TRIPS: RoundTrips = {
  path: null,
  bucketSince: 0,
  shortest: null,
  shortestBefore: null,
};

export function withRoundTrip(
  before: RoundTrips,
  path: string | null,
  at: number,
  roundTripMs: number,
): RoundTrips {
  if (path !== before.path || before.shortest === null) {
    return { path, bucketSince: at, shortest: roundTripMs, shortestBefore: null };
  }
  if (at - before.bucketSince >= BUCKET_MS) {
    return { path, bucketSince: at, shortest: roundTripMs, shortestBefore: before.shortest };
  }
  return { ...before, shortest: Math.min(before.shortest, roundTripMs) };
}

/** Milliseconds above the shortest; 0 without one. */
export function excess({ shortest, shortestBefore }: RoundTrips, roundTripMs: number): number {
  if (shortest === null) return 0;
  return roundTripMs - Math.min(shortest, shortestBefore ?? shortest);
}
