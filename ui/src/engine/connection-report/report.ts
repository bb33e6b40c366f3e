// What a person can read of one connection, from its statistics of the last 5 s.
//
// Invariant: rates and loss are of that time, not of the whole call; what is unknown is null.

import type {
  Limitation,
  PeerStatistics,
  ReceivedStatistics,
  SentStatistics,
  StatisticsSlot,
} from './statistics';

/** The oldest first; rates are between the first and the last. */
export type StatisticsHistory = readonly PeerStatistics[];

const WINDOW_MS = 5_000;

export interface ConnectionReport {
  readonly path: ReportedPath | null;
  readonly roundTripMs: number | null;
  readonly sentBps: number | null;
  readonly receivedBps: number | null;
  readonly availableBps: number | null;
  /** From 0 to 1: of what the peer sent, and of what it reports of ours. */
  readonly lossReceived: number | null;
  readonly lossSent: number | null;
  readonly sent: readonly ReportedSlot[];
  readonly received: readonly ReportedSlot[];
}

export type ReportedPath =
  | { readonly kind: 'direct'; readonly protocol: string | null }
  /** `protocol` is that to the relay, as far as this end knows it. */
  | {
      readonly kind: 'relayed';
      readonly protocol: string | null;
      readonly by: 'self' | 'peer' | 'both';
    };

export interface ReportedSlot {
  readonly slot: StatisticsSlot;
  readonly bps: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  /** Of what is sent. */
  readonly limitation: Limitation | null;
}

export function withStatistics(history: StatisticsHistory, now: PeerStatistics): StatisticsHistory {
  // Counters that went back are of a new connection.
  const last = history.at(-1);
  const isSame = last !== undefined && now.bytesSent >= last.bytesSent && now.at > last.at;
  if (!isSame) return [now];
  const recent = history.filter(({ at }) => now.at - at <= WINDOW_MS);
  return [...recent, now];
}

export function reportOf(history: StatisticsHistory): ConnectionReport | null {
  const now = history.at(-1);
  const first = history[0];
  if (now === undefined || first === undefined) return null;
  const seconds = (now.at - first.at) / 1000;
  const rate = (from: number, to: number): number | null =>
    seconds > 0 ? Math.max(0, ((to - from) * 8) / seconds) : null;
  return {
    path: pathOf(now),
    roundTripMs: now.roundTripMs,
    sentBps: rate(first.bytesSent, now.bytesSent),
    receivedBps: rate(first.bytesReceived, now.bytesReceived),
    availableBps: now.availableOutgoingBps,
    lossReceived: lossReceived(first.received, now.received),
    lossSent: lossSent(first.sent, now.sent),
    sent: now.sent.map((one) => ({
      ...shape(one),
      bps: rate(bytesOf(first.sent, one.slot), one.bytes),
      limitation: one.limitation,
    })),
    received: now.received.map((one) => ({
      ...shape(one),
      bps: rate(bytesOf(first.received, one.slot), one.bytes),
      limitation: null,
    })),
  };
}

function pathOf({ path, relayedBy }: PeerStatistics): ReportedPath | null {
  if (path === null) return null;
  const [, protocol = null] = path.split('/');
  if (relayedBy === 'nobody' || relayedBy === null) return { kind: 'direct', protocol };
  return { kind: 'relayed', protocol, by: relayedBy };
}

function lossReceived(
  before: readonly ReceivedStatistics[],
  now: readonly ReceivedStatistics[],
): number | null {
  const lost = growth(before, now, ({ packetsLost }) => packetsLost);
  const arrived = growth(before, now, ({ packets }) => packets);
  return share(lost, lost + arrived);
}

function lossSent(
  before: readonly SentStatistics[],
  now: readonly SentStatistics[],
): number | null {
  const reported = now.filter(({ remote }) => remote !== null);
  if (reported.length === 0) return null;
  const lost = growth(before, reported, ({ remote }) => remote?.packetsLost ?? 0);
  return share(
    lost,
    growth(before, reported, ({ packets }) => packets),
  );
}

/** Of all slots together; a slot that is new counts from its first statistics on. */
function growth<T extends { readonly slot: StatisticsSlot }>(
  before: readonly T[],
  now: readonly T[],
  counter: (one: T) => number,
): number {
  return now.reduce((sum, one) => {
    const first = before.find(({ slot }) => slot === one.slot);
    return sum + (first === undefined ? 0 : Math.max(0, counter(one) - counter(first)));
  }, 0);
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, part / whole) : null;
}

function bytesOf(
  slots: readonly { readonly slot: StatisticsSlot; readonly bytes: number }[],
  slot: StatisticsSlot,
): number {
  return slots.find((one) => one.slot === slot)?.bytes ?? 0;
}

function shape({ slot, width, height, framesPerSecond }: SentStatistics | ReceivedStatistics) {
  return { slot, width, height, framesPerSecond };
}
