// How much a peer may say on its `talk` channel.

import { tokensAt, type Bucket } from '../token-bucket';

export type Quota = Bucket;

const LIMITS = { burst: 60, perSecond: 20 };

export function newQuota(at: number): Quota {
  return { tokens: LIMITS.burst, at };
}

/** Null if there is not enough left. */
export function spend(before: Quota, at: number, cost: number): Quota | null {
  const tokens = tokensAt(before, at, LIMITS) - cost;
  return tokens < 0 ? null : { tokens, at };
}
