// Statistics made by hand, for tests.

import type { PeerStatistics, ReceivedStatistics, SentStatistics } from '../statistics';

export function statistics(change: Partial<PeerStatistics>): PeerStatistics {
  return {
    at: 0,
    framesDecoded: 0,
    framesPerSecond: 30,
    framesDropped: 0,
    frameWidth: 1280,
    frameHeight: 720,
    audioEnergy: 0,
    bytesReceived: 0,
    bytesSent: 0,
    packetsLost: 0,
    roundTripMs: 20,
    path: 'host/udp',
    relayedBy: 'nobody',
    packetsSent: 0,
    checks: null,
    availableOutgoingBps: null,
    sent: [],
    received: [],
    ...change,
  };
}

export function sentCamera(change: Partial<SentStatistics>): SentStatistics {
  return {
    slot: 'camera',
    bytes: 0,
    packets: 0,
    width: 640,
    height: 360,
    framesPerSecond: 20,
    framesCaptured: null,
    framesEncoded: null,
    encodeSeconds: null,
    limitation: 'none',
    remote: null,
    ...change,
  };
}

export function receivedCamera(change: Partial<ReceivedStatistics>): ReceivedStatistics {
  return {
    slot: 'camera',
    bytes: 0,
    packets: 0,
    packetsLost: 0,
    jitterMs: null,
    heard: null,
    width: 1280,
    height: 720,
    framesPerSecond: 30,
    ...change,
  };
}
