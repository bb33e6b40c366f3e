// The budget: one event in, the next state out; `grants` in it says what each peer may be sent.
//
// Invariant: pure and deterministic. Events of unknown peers change nothing.

import type { BudgetEvent } from './events';
import { newLimit } from './limit';
import { settled, withStats } from './line';
import { FAST_PROCESSOR } from './processor';
import { NO_ROUND_TRIPS } from './round-trips';
import type { BudgetPeer, BudgetState } from './state';
import type { PeerId } from '../ids';

/** Before anything is measured: what most lines at home carry. */
const START_BPS = 2_500_000;
/** Engines that probe the line at the same time mistake each other for congestion. */
export const PAUSE_MS = 300;

export const NO_BUDGET: BudgetState = {
  peers: [],
  pace: 'free',
  captured: { camera: 'off', screen: 'off', screenAudio: 'off' },
  speaker: 'nobody',
  dataUse: 'full',
  line: newLimit(START_BPS),
  audio: 'full',
  processor: FAST_PROCESSOR,
  grants: [],
};

export function stepBudget(state: BudgetState, event: BudgetEvent): BudgetState {
  switch (event.type) {
    case 'budget-peer-joined':
      return settled(joined(state, event.peer));
    case 'budget-peer-left': {
      const peers = state.peers.filter(({ id }) => id !== event.peer);
      return settled({ ...state, peers });
    }
    case 'peer-stats':
      return withStats(state, event);
    case 'video-demand':
      return settled(withPeer(state, event.peer, { demand: event.demand }));
    case 'speaker-changed':
      return settled({ ...state, speaker: event.speaker });
    case 'devices':
      return settled({ ...state, captured: event.captured });
    case 'data-use':
      return settled({ ...state, dataUse: event.dataUse });
    case 'pause-over':
      return settled(pauseOver(state));
  }
}

function joined(state: BudgetState, id: PeerId): BudgetState {
  if (state.peers.some((peer) => peer.id === id)) return state;
  const peer: BudgetPeer = {
    id,
    video: state.pace === 'free' ? 'open' : 'waits',
    demand: null,
    measured: null,
    roundTrips: NO_ROUND_TRIPS,
    fullSince: null,
    limit: null,
  };
  return { ...state, pace: 'pausing', peers: [...state.peers, peer] };
}

function pauseOver(state: BudgetState): BudgetState {
  const next = state.peers.find(({ video }) => video === 'waits');
  if (next === undefined) return { ...state, pace: 'free' };
  return withPeer(state, next.id, { video: 'open' });
}

function withPeer(state: BudgetState, id: PeerId, change: Partial<BudgetPeer>): BudgetState {
  const peers = state.peers.map((peer) => (peer.id === id ? { ...peer, ...change } : peer));
  return { ...state, peers };
}
