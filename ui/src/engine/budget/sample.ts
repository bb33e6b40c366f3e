// From two consecutive statistics of a peer to the `peer-stats` event of the budget.
//
// Invariant: a round trip or a loss that was not measured since the last statistics is null.

import type { Measurement, PeerStatistics, SentStatistics } from '../connection-report/statistics';
import type { PeerId } from '../ids';
import type { PeerStatsEvent } from './events';

/** IPv4 and UDP, which the bytes of a transport leave out. */
const DATAGRAM_HEADER_BYTES = 28;

/** Null if the time between them is no time, or the connection is a new one. */
export function peerStats(
  peer: PeerId,
  before: PeerStatistics,
  now: PeerStatistics,
): PeerStatsEvent | null {
  const seconds = (now.at - before.at) / 1000;
  const bytes = sentBytes(now) - sentBytes(before);
  if (seconds <= 0 || bytes < 0) return null;
  const camera = pairOf(before, now, 'camera');
  return {
    type: 'peer-stats',
    peer,
    at: now.at,
    sentBps: (bytes * 8) / seconds,
    roundTripMs: newRoundTrip(before, now),
    loss: newLoss(before, now),
    path: now.path,
    limitation: limitationOf(now),
    frames: camera === null ? null : framesOf(camera, seconds),
    encodeMs: camera === null ? null : encodeMs(camera),
  };
}

function sentBytes({ bytesSent, packetsSent, sent }: PeerStatistics): number {
  const packets = packetsSent ?? sent.reduce((sum, one) => sum + one.packets, 0);
  return bytesSent + packets * DATAGRAM_HEADER_BYTES;
}

/** The shortest of those measured since. */
function newRoundTrip(before: PeerStatistics, now: PeerStatistics): number | null {
  const reports = now.sent.map(({ slot, remote }) => {
    const last = before.sent.find((one) => one.slot === slot)?.remote;
    return [last?.roundTrips ?? null, remote?.roundTrips ?? null] as const;
  });
  const fresh = [[before.checks, now.checks] as const, ...reports].flatMap(([last, one]) =>
    one !== null && isNew(last, one) ? [one.roundTripMs] : [],
  );
  return fresh.length === 0 ? null : Math.min(...fresh);
}

function isNew(last: Measurement | null, now: Measurement): boolean {
  if (last === null) return true;
  if (last.count !== null && now.count !== null) return now.count > last.count;
  return last.roundTripMs !== now.roundTripMs;
}

/** Of all slots with a new report, by their packets. */
function newLoss(before: PeerStatistics, now: PeerStatistics): number | null {
  let lost = 0;
  let packets = 0;
  for (const one of now.sent) {
    const last = before.sent.find(({ slot }) => slot === one.slot);
    const report = one.remote;
    if (report === null || report.loss === null || report.roundTrips === null) continue;
    if (!isNew(last?.remote?.roundTrips ?? null, report.roundTrips)) continue;
    const sent = Math.max(1, one.packets - (last?.packets ?? 0));
    packets += sent;
    lost += sent * Math.min(1, Math.max(0, report.loss));
  }
  return packets === 0 ? null : lost / packets;
}

function limitationOf({ sent }: PeerStatistics): PeerStatsEvent['limitation'] {
  const reasons = sent.map(({ limitation }) => limitation);
  if (reasons.includes('processor')) return 'processor';
  if (reasons.includes('line')) return 'line';
  return reasons.includes('other') ? 'other' : 'none';
}

interface Pair {
  readonly before: SentStatistics;
  readonly now: SentStatistics;
}

function pairOf(
  before: PeerStatistics,
  now: PeerStatistics,
  slot: SentStatistics['slot'],
): Pair | null {
  const first = before.sent.find((one) => one.slot === slot);
  const last = now.sent.find((one) => one.slot === slot);
  return first === undefined || last === undefined ? null : { before: first, now: last };
}

function framesOf({ before, now }: Pair, seconds: number): PeerStatsEvent['frames'] {
  const captured = difference(before.framesCaptured, now.framesCaptured);
  const encoded = difference(before.framesEncoded, now.framesEncoded);
  if (captured === null || encoded === null) return null;
  return { captured: captured / seconds, encoded: encoded / seconds };
}

function encodeMs({ before, now }: Pair): number | null {
  const frames = difference(before.framesEncoded, now.framesEncoded);
  const seconds = difference(before.encodeSeconds, now.encodeSeconds);
  return frames === null || seconds === null || frames === 0 ? null : (seconds * 1000) / frames;
}

function difference(before: number | null, now: number | null): number | null {
  return before === null || now === null || now < before ? null : now - before;
}
