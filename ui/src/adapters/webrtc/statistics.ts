// Statistics of one connection from the browser's report (W3C webrtc-stats).
//
// Invariant: a missing value is 0, or null if 0 would be wrong.

import { isRecord } from '../../engine/json';
import type { PeerStatistics } from '../../ports';

type Entry = Readonly<Record<string, unknown>>;

export function readStatistics(report: Iterable<unknown>): PeerStatistics {
  const entries = [...report].filter(isRecord);
  const received = entries.filter((entry) => entry['type'] === 'inbound-rtp');
  const video = received.find((entry) => entry['kind'] === 'video');
  const audio = received.find((entry) => entry['kind'] === 'audio');
  const transport = entries.find((entry) => entry['type'] === 'transport');
  const pair = selectedPair(entries, transport);
  // Transport bytes continue after an ICE restart. Firefox has no transport stats.
  const carrier = transport ?? pair;
  const seconds = pair?.['currentRoundTripTime'];
  return {
    framesDecoded: figure(video, 'framesDecoded'),
    framesPerSecond: figure(video, 'framesPerSecond'),
    framesDropped: figure(video, 'framesDropped'),
    frameWidth: figure(video, 'frameWidth'),
    frameHeight: figure(video, 'frameHeight'),
    audioEnergy: figure(audio, 'totalAudioEnergy'),
    bytesReceived: figure(carrier, 'bytesReceived'),
    bytesSent: figure(carrier, 'bytesSent'),
    packetsLost: received.reduce((sum, entry) => sum + figure(entry, 'packetsLost'), 0),
    roundTripMs: typeof seconds === 'number' ? seconds * 1000 : null,
    path: pathOf(entries, pair),
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
  if (pair === undefined) return null;
  const local = entries.find(
    (entry) => entry['type'] === 'local-candidate' && entry['id'] === pair['localCandidateId'],
  );
  const kind = local?.['candidateType'];
  if (typeof kind !== 'string') return null;
  // The protocol to a TURN server may differ from the relayed protocol.
  const protocol = local?.['relayProtocol'] ?? local?.['protocol'];
  return typeof protocol === 'string' ? `${kind}/${protocol}` : kind;
}

function figure(entry: Entry | undefined, name: string): number {
  const value = entry?.[name];
  return typeof value === 'number' ? value : 0;
}
