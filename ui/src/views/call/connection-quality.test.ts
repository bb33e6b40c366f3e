import { describe, expect, it } from 'vitest';

import type { PeerStatistics } from '../../ports';
import { judge, UNKNOWN_QUALITY } from './connection-quality';

function reading(change: Partial<PeerStatistics>): PeerStatistics {
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
    packetsSent: null,
    checks: null,
    availableOutgoingBps: null,
    sent: [],
    received: [],
    ...change,
  };
}

function after(readings: (PeerStatistics | null)[]): boolean {
  return readings.reduce((quality, one) => judge(quality, one, 2000), UNKNOWN_QUALITY).weak;
}

const SLOW = reading({ roundTripMs: 900 });
const GOOD = reading({});

describe('judge', () => {
  it('is not weak without figures', () => {
    expect(after([])).toBe(false);
    expect(after([null, null])).toBe(false);
  });

  it('needs two bad readings in a row', () => {
    expect(after([GOOD, SLOW])).toBe(false);
    expect(after([GOOD, SLOW, GOOD, SLOW])).toBe(false);
    expect(after([GOOD, SLOW, SLOW])).toBe(true);
  });

  it('needs two good ones to be well again', () => {
    expect(after([GOOD, SLOW, SLOW, GOOD])).toBe(true);
    expect(after([GOOD, SLOW, SLOW, GOOD, GOOD])).toBe(false);
  });

  it('counts packets lost since the last reading only', () => {
    const lossy = [0, 100, 200].map((packetsLost) => reading({ packetsLost }));
    expect(after(lossy)).toBe(true);
    expect(after([100, 100, 100].map((packetsLost) => reading({ packetsLost })))).toBe(false);
  });
});
