// A line as a fluid queue, and engines that send what they are granted: for tests of the budget.
//
// Invariant: deterministic; the queue is first in, first out, and drops what does not fit.

import type { PeerStatsEvent } from '../events';
import type { PeerGrants } from '../grant';
import { audioCost, videoCost } from '../rungs';
import { stepBudget } from '../step';
import type { BudgetState } from '../state';

export interface Line {
  readonly bps: number;
  /** Round trip of an empty line. */
  readonly baseMs: number;
  /** Longest wait in the queue; more is dropped. */
  readonly queueMs: number;
}

export interface Sample {
  readonly at: number;
  readonly sentBps: number;
  /** What leaves the line at the other end. */
  readonly carriedBps: number;
  readonly lateMs: number;
  readonly state: BudgetState;
}

const TICK_MS = 100;
const STATS_MS = 1000;

/** Bits per second that the grants cost on the line. */
export function costOf(grants: readonly PeerGrants[]): number {
  return grants
    .flatMap(({ microphone, screenAudio, camera, screen }) => [
      ...[microphone, screenAudio].map((one) =>
        one.kind === 'off' ? 0 : audioCost({ bitrate: one.maxBitrate, ptimeMs: one.ptimeMs }),
      ),
      ...[camera, screen].map((one) => (one.kind === 'off' ? 0 : videoCost(one.maxBitrate ?? 0))),
    ])
    .reduce((sum, cost) => sum + cost, 0);
}

/** Runs the budget over the line for so long; samples every 100 ms. */
export function run(
  start: BudgetState,
  lineAt: (at: number) => Line,
  { from = 0, forMs }: { from?: number; forMs: number },
): readonly Sample[] {
  let state = start;
  let queuedBits = 0;
  let lost = 0;
  let sent = 0;
  const samples: Sample[] = [];
  for (let at = from; at < from + forMs; at += TICK_MS) {
    const line = lineAt(at);
    const sentBps = costOf(state.grants);
    const bits = (sentBps * TICK_MS) / 1000;
    const room = (line.bps * line.queueMs) / 1000;
    const carried = Math.min(queuedBits + bits, (line.bps * TICK_MS) / 1000);
    queuedBits += bits - carried;
    const dropped = Math.max(0, queuedBits - room);
    queuedBits -= dropped;
    lost += dropped;
    sent += bits;
    const lateMs = (queuedBits / line.bps) * 1000;
    for (const [index, { id }] of state.peers.entries()) {
      // Each peer's statistics come at a time of its own.
      if (at % STATS_MS !== (index % 10) * TICK_MS) continue;
      const grants = state.grants.filter(({ peer }) => peer === id);
      state = stepBudget(state, {
        ...CALM,
        peer: id,
        at,
        sentBps: costOf(grants),
        roundTripMs: line.baseMs + lateMs,
        loss: sent === 0 ? 0 : lost / sent,
      });
    }
    if (at % STATS_MS === 0) {
      lost = 0;
      sent = 0;
    }
    samples.push({ at, sentBps, carriedBps: (carried * 1000) / TICK_MS, lateMs, state });
  }
  return samples;
}

export const CALM: PeerStatsEvent = {
  type: 'peer-stats',
  peer: '',
  at: 0,
  sentBps: 0,
  roundTripMs: 20,
  loss: 0,
  path: 'host/udp',
  limitation: 'none',
  frames: null,
  encodeMs: null,
};
