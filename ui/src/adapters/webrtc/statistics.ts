// Statistics of one connection from the browser's report (W3C webrtc-stats).
//
// Invariant: a missing value is 0, or null if 0 would be wrong.

import type {
  HeardAudio,
  Limitation,
  Measurement,
  PeerStatistics,
  ReceivedStatistics,
  RemoteReport,
  SentStatistics,
  StatisticsSlot,
} from '../../engine/connection-report/statistics';
import { isRecord } from '../../engine/json';
import type { BySlot } from './transceivers';

type Entry = Readonly<Record<string, unknown>>;

/** The slot of a stream, by the `mid` of its transceiver; null if it has none. */
type SlotOf = (mid: string | null, kind: 'audio' | 'video') => StatisticsSlot | null;

export interface Slots {
  readonly sent: SlotOf;
  readonly received: SlotOf;
}

/** Streams without a `mid`, as some engines give them, are the first of their kind. */
export function slotByMid(transceivers: BySlot<{ readonly mid: string | null }>): SlotOf {
  return (mid, kind) => {
    if (mid === null) return kind === 'audio' ? 'microphone' : 'camera';
    const found = [...transceivers].find(([, transceiver]) => transceiver.mid === mid);
    return found?.[0] ?? null;
  };
}

export function readStatistics(
  report: Iterable<unknown>,
  at: number,
  slots: Slots,
): PeerStatistics {
  const entries = [...report].filter(isRecord);
  const received = entries.filter((entry) => entry['type'] === 'inbound-rtp');
  const video = received.find((entry) => entry['kind'] === 'video');
  const audio = received.find((entry) => entry['kind'] === 'audio');
  const transport = entries.find((entry) => entry['type'] === 'transport');
  const pair = selectedPair(entries, transport);
  const sent = sentStreams(entries, slots.sent);
  // Transport counters continue after an ICE restart. Firefox counts for the pair alone.
  const carried = (name: string): number | null => known(transport, name) ?? known(pair, name);
  const checks = measurement(pair, 'currentRoundTripTime', 'responsesReceived');
  return {
    at,
    framesDecoded: figure(video, 'framesDecoded'),
    framesPerSecond: figure(video, 'framesPerSecond'),
    framesDropped: figure(video, 'framesDropped'),
    frameWidth: figure(video, 'frameWidth'),
    frameHeight: figure(video, 'frameHeight'),
    audioEnergy: figure(audio, 'totalAudioEnergy'),
    bytesReceived: carried('bytesReceived') ?? 0,
    bytesSent: carried('bytesSent') ?? 0,
    packetsLost: received.reduce((sum, entry) => sum + figure(entry, 'packetsLost'), 0),
    roundTripMs: checks?.roundTripMs ?? reportedRoundTrip(sent),
    path: pathOf(entries, pair),
    relayedBy: relayedBy(entries, pair),
    packetsSent: carried('packetsSent'),
    checks,
    availableOutgoingBps: known(pair, 'availableOutgoingBitrate'),
    sent,
    received: receivedStreams(received, slots.received),
  };
}

function selectedPair(entries: readonly Entry[], transport: Entry | undefined): Entry | undefined {
  const pairs = entries.filter((entry) => entry['type'] === 'candidate-pair');
  if (transport !== undefined) {
    return pairs.find((pair) => pair['id'] === transport['selectedCandidatePairId']);
  }
  return pairs.find((pair) => pair['nominated'] === true && pair['state'] === 'succeeded');
}

/** `host/udp`, `relay/tcp`: type and protocol of the local candidate. */
function pathOf(entries: readonly Entry[], pair: Entry | undefined): string | null {
  const local = candidateOf(entries, pair, 'localCandidateId');
  const kind = local?.['candidateType'];
  if (typeof kind !== 'string') return null;
  // The protocol to a TURN server may differ from the relayed protocol.
  const protocol = local?.['relayProtocol'] ?? local?.['protocol'];
  return typeof protocol === 'string' ? `${kind}/${protocol}` : kind;
}

function relayedBy(
  entries: readonly Entry[],
  pair: Entry | undefined,
): PeerStatistics['relayedBy'] {
  const local = candidateOf(entries, pair, 'localCandidateId')?.['candidateType'];
  if (local === undefined) return null;
  const remote = candidateOf(entries, pair, 'remoteCandidateId')?.['candidateType'];
  if (local === 'relay') return remote === 'relay' ? 'both' : 'self';
  return remote === 'relay' ? 'peer' : 'nobody';
}

function candidateOf(
  entries: readonly Entry[],
  pair: Entry | undefined,
  member: 'localCandidateId' | 'remoteCandidateId',
): Entry | undefined {
  const id = pair?.[member];
  return id === undefined ? undefined : entries.find((entry) => entry['id'] === id);
}

function sentStreams(entries: readonly Entry[], slotOf: SlotOf): readonly SentStatistics[] {
  return firstOfSlot(
    entries.filter((entry) => entry['type'] === 'outbound-rtp'),
    slotOf,
  ).map(([slot, entry]) => {
    const source = sourceOf(entries, entry);
    const remote = entries.find(
      ({ type, localId }) => type === 'remote-inbound-rtp' && localId === entry['id'],
    );
    return {
      slot,
      bytes: figure(entry, 'bytesSent'),
      packets: figure(entry, 'packetsSent'),
      ...shapeOf(entry),
      framesCaptured: known(source, 'frames'),
      framesEncoded: known(entry, 'framesEncoded'),
      encodeSeconds: known(entry, 'totalEncodeTime'),
      limitation: limitationOf(entry['qualityLimitationReason']),
      remote: remote === undefined ? null : remoteReport(remote),
    };
  });
}

/** Firefox does not name the source of a stream: it is the only one of its kind, or unknown. */
function sourceOf(entries: readonly Entry[], stream: Entry): Entry | undefined {
  const sources = entries.filter(
    ({ type, kind }) => type === 'media-source' && (kind === undefined || kind === stream['kind']),
  );
  const named = stream['mediaSourceId'];
  if (named !== undefined) return sources.find(({ id }) => id === named);
  return sources.length === 1 ? sources[0] : undefined;
}

function receivedStreams(
  received: readonly Entry[],
  slotOf: SlotOf,
): readonly ReceivedStatistics[] {
  return firstOfSlot(received, slotOf).map(([slot, entry]) => {
    const jitter = known(entry, 'jitter');
    return {
      slot,
      bytes: figure(entry, 'bytesReceived'),
      packets: figure(entry, 'packetsReceived'),
      packetsLost: figure(entry, 'packetsLost'),
      jitterMs: jitter === null ? null : jitter * 1000,
      heard: heardAudio(entry),
      ...shapeOf(entry),
    };
  });
}

function heardAudio(entry: Entry): HeardAudio | null {
  const samples = known(entry, 'totalSamplesReceived');
  if (samples === null) return null;
  // Who sends nothing is silent: nobody misses that.
  const silent = figure(entry, 'silentConcealedSamples');
  return { samples, madeUp: figure(entry, 'concealedSamples') - silent };
}

/** At most one stream a slot. */
function firstOfSlot(
  streams: readonly Entry[],
  slotOf: SlotOf,
): readonly (readonly [StatisticsSlot, Entry])[] {
  const first = new Map<StatisticsSlot, Entry>();
  for (const entry of streams) {
    const { kind, mid } = entry;
    if (kind !== 'audio' && kind !== 'video') continue;
    const slot = slotOf(typeof mid === 'string' ? mid : null, kind);
    if (slot !== null && !first.has(slot)) first.set(slot, entry);
  }
  return [...first];
}

function shapeOf(entry: Entry) {
  return {
    width: known(entry, 'frameWidth'),
    height: known(entry, 'frameHeight'),
    framesPerSecond: known(entry, 'framesPerSecond'),
  };
}

function remoteReport(remote: Entry): RemoteReport {
  return {
    packetsLost: figure(remote, 'packetsLost'),
    loss: known(remote, 'fractionLost'),
    roundTrips: measurement(remote, 'roundTripTime', 'roundTripTimeMeasurements'),
  };
}

function limitationOf(reason: unknown): Limitation | null {
  switch (reason) {
    case 'none':
      return 'none';
    case 'cpu':
      return 'processor';
    case 'bandwidth':
      return 'line';
    case 'other':
      return 'other';
    default:
      return null;
  }
}

/** Engines without a round trip of the path have that of the reports. */
function reportedRoundTrip(sent: readonly SentStatistics[]): number | null {
  const measured = sent.flatMap(({ remote }) => remote?.roundTrips?.roundTripMs ?? []);
  return measured.length === 0 ? null : Math.min(...measured);
}

function measurement(
  entry: Entry | undefined,
  roundTrip: string,
  count: string,
): Measurement | null {
  const seconds = known(entry, roundTrip);
  return seconds === null ? null : { roundTripMs: seconds * 1000, count: known(entry, count) };
}

function figure(entry: Entry | undefined, name: string): number {
  return known(entry, name) ?? 0;
}

function known(entry: Entry | undefined, name: string): number | null {
  const value = entry?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
