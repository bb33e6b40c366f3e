// How much may be spent: tokens that come back with time.
//
// Invariant: pure; time is in milliseconds since 1970. Time that goes back gives nothing, and the
// bucket's owner counts from there: a clock that is set back by a day silences nobody for a day.

export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export interface BucketLimits {
  readonly burst: number;
  readonly perSecond: number;
}

/** The tokens at this time. */
export function tokensAt(before: Bucket, at: number, { burst, perSecond }: BucketLimits): number {
  const seconds = Math.max(0, at - before.at) / 1000;
  return Math.min(burst, before.tokens + seconds * perSecond);
}
