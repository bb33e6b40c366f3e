// Statistics for the gallery's connection details: two moments of each peer.

import { NO_BUDGET, stepBudget } from '../engine/budget/step';
import type { BudgetEvent } from '../engine/budget/events';
import type { BudgetState } from '../engine/budget/state';
import type { PeerId } from '../engine/state';
import type { StatisticsHistory } from '../engine/connection-report/report';
import type { PeerStatistics } from '../engine/connection-report/statistics';

/** The second peer is relayed and loses packets. */
export function drawnStatistics(peer: PeerId): StatisticsHistory {
  return [1000, 6000].map((at) => statisticsAt(at, peer));
}

function statisticsAt(at: number, peer: PeerId): PeerStatistics {
  const isWeak = peer.endsWith('1');
  const grown = (perSecond: number): number => Math.round((at / 1000) * perSecond);
  const shape = { width: 1280, height: 720, framesPerSecond: 29.6 };
  const none = { width: null, height: null, framesPerSecond: null };
  const loss = isWeak ? 5 : 0;
  return {
    at,
    framesDecoded: grown(30),
    framesPerSecond: 30,
    framesDropped: 0,
    frameWidth: 1280,
    frameHeight: 720,
    audioEnergy: grown(1),
    bytesReceived: grown(140_000),
    bytesSent: grown(155_000),
    packetsLost: grown(loss),
    roundTripMs: isWeak ? 118 : 24,
    path: isWeak ? 'relay/tcp' : 'srflx/udp',
    relayedBy: isWeak ? 'self' : 'nobody',
    packetsSent: grown(180),
    checks: null,
    availableOutgoingBps: 2_400_000,
    sent: [
      {
        ...none,
        slot: 'microphone',
        bytes: grown(4000),
        packets: grown(50),
        framesCaptured: null,
        framesEncoded: null,
        encodeSeconds: null,
        limitation: null,
        remote: null,
      },
      {
        ...shape,
        slot: 'camera',
        bytes: grown(140_000),
        packets: grown(130),
        framesCaptured: grown(30),
        framesEncoded: grown(30),
        encodeSeconds: null,
        limitation: isWeak ? 'line' : 'none',
        remote: null,
      },
    ],
    received: [
      {
        ...none,
        slot: 'microphone',
        bytes: grown(4000),
        packets: grown(50),
        packetsLost: grown(loss),
        jitterMs: 3,
        heard: null,
      },
      {
        ...shape,
        slot: 'camera',
        bytes: grown(130_000),
        packets: grown(120),
        packetsLost: grown(loss),
        jitterMs: 4,
        heard: null,
      },
    ],
  };
}

/** A line with room for one large picture: the first peer shows it, the others hide it. */
export function drawnBudget(peers: readonly PeerId[]): BudgetState {
  const line = { ...NO_BUDGET.line, bps: 700_000, fellAt: 1 };
  const captured = { camera: 'on', screen: 'off', screenAudio: 'off' } as const;
  const events = peers.flatMap((peer, index): readonly BudgetEvent[] => [
    { type: 'budget-peer-joined', peer },
    { type: 'pause-over' },
    {
      type: 'video-demand',
      peer,
      demand: {
        camera:
          index === 0
            ? { kind: 'shown', width: 1280, height: 720, content: 'motion' }
            : { kind: 'hidden' },
        screen: { kind: 'hidden' },
      },
    },
    {
      type: 'peer-stats',
      peer,
      at: 1000,
      sentBps: 300_000,
      roundTripMs: 20,
      loss: 0,
      path: 'host',
      limitation: 'none',
      frames: null,
      encodeMs: null,
    },
  ]);
  return events.reduce(stepBudget, { ...NO_BUDGET, line, captured });
}
