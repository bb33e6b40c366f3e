// Connection quality from two consecutive statistics.
//
// Invariant: without statistics the quality is unknown; one bad reading alone changes nothing.

import type { PeerStatistics } from '../../ports';

export interface ConnectionQuality {
  readonly last: PeerStatistics | null;
  /** Bad readings in a row (positive) or good ones (negative), at most `STEADY` of them. */
  readonly streak: number;
  readonly weak: boolean;
}

export const UNKNOWN_QUALITY: ConnectionQuality = { last: null, streak: 0, weak: false };

const STEADY = 2;
const SLOW_ROUND_TRIP_MS = 600;
const LOST_PER_SECOND = 12;

export function judge(
  quality: ConnectionQuality,
  reading: PeerStatistics | null,
  elapsedMs: number,
): ConnectionQuality {
  if (reading === null || elapsedMs <= 0) return UNKNOWN_QUALITY;
  if (quality.last === null) return { ...quality, last: reading };
  const bad = isBad(quality.last, reading, elapsedMs);
  const streak = bad
    ? Math.min(STEADY, Math.max(0, quality.streak) + 1)
    : Math.max(-STEADY, Math.min(0, quality.streak) - 1);
  const weak = Math.abs(streak) < STEADY ? quality.weak : streak > 0;
  return { last: reading, streak, weak };
}

function isBad(before: PeerStatistics, now: PeerStatistics, elapsedMs: number): boolean {
  const lost = ((now.packetsLost - before.packetsLost) * 1000) / elapsedMs;
  const slow = now.roundTripMs !== null && now.roundTripMs > SLOW_ROUND_TRIP_MS;
  return slow || lost > LOST_PER_SECOND;
}
