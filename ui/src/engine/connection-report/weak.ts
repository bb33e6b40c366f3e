// Whether a connection is so bad that people notice.
//
// Invariant: one bad second alone changes nothing; without statistics nothing is known.

import type { StatisticsHistory } from './report';
import type { PeerStatistics } from './statistics';

const SLOW_ROUND_TRIP_MS = 600;
const LOST_PER_SECOND = 12;
/** Of the last seconds, so many are bad. */
const LOOKED_AT = 4;
const MIN_BAD = 3;

export function isWeak(history: StatisticsHistory): boolean {
  const recent = history.slice(-1 - LOOKED_AT);
  const bad = recent.filter((now, index) => {
    const before = recent[index - 1];
    return before !== undefined && isBad(before, now);
  });
  return bad.length >= MIN_BAD;
}

function isBad(before: PeerStatistics, now: PeerStatistics): boolean {
  const lost = ((now.packetsLost - before.packetsLost) * 1000) / Math.max(1, now.at - before.at);
  const isSlow = now.roundTripMs !== null && now.roundTripMs > SLOW_ROUND_TRIP_MS;
  return isSlow || lost > LOST_PER_SECOND;
}
