// How much a peer may say on its `talk` channel: a token bucket.
//
// Invariant: pure; time is monotonic, in milliseconds. Time that goes back gives nothing.

export interface Quota {
  readonly tokens: number;
  readonly at: number;
}

const BURST = 60;
const PER_SECOND = 20;

export function newQuota(at: number): Quota {
  return { tokens: BURST, at };
}

/** Null if there is not enough left. */
export function spend(before: Quota, at: number, cost: number): Quota | null {
  const seconds = Math.max(0, at - before.at) / 1000;
  const tokens = Math.min(BURST, before.tokens + seconds * PER_SECOND) - cost;
  return tokens < 0 ? null : { tokens, at: Math.max(at, before.at) };
}
