// The budget: one event in, the next state out; `grants` in it says what each peer may be sent.
//
// Invariant: pure and deterministic. Events of unknown peers change nothing.

import type { BudgetEvent } from './events';
import { newLimit } from './limit';
import { settled, withStats } from './line';
import { FAST_PROCESSOR } from './processor';
import { NO_ROUND_TRIPS } from './round-trips';
import type { BudgetPeer, BudgetState } from './state';
import type { PeerId } from '../state';

/** Before anything is measured: what most lines at home carry. */
const START_BPS = 2_500_000;
/** Engines that probe the line at the same time mistake each other for congestion. */
const STAGGER_MS = 300;

export const NO_BUDGET: BudgetState = {
  peers: [],
  captured: { camera: null, screen: null, screenAudio: 'none' },
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
      return settled(joined(state, event.peer, event.at));
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
    case 'budget-tick':
      return settled(opened(state, event.at));
  }
}

/** When the next `budget-tick` is due; null is never. */
export function wakeAt({ peers }: BudgetState): number | null {
  const times = peers.flatMap(({ opening }) => (opening.kind === 'waits' ? [opening.until] : []));
  return times.length === 0 ? null : Math.min(...times);
}

function joined(state: BudgetState, id: PeerId, at: number): BudgetState {
  if (state.peers.some((peer) => peer.id === id)) return state;
  const waits = state.peers.map(({ opening }) => (opening.kind === 'waits' ? opening.until : at));
  const until = waits.length === 0 ? at : Math.max(...waits) + STAGGER_MS;
  const peer: BudgetPeer = {
    id,
    opening: until > at ? { kind: 'waits', until } : { kind: 'open' },
    demand: null,
    measured: null,
    roundTrips: NO_ROUND_TRIPS,
    fullSince: null,
    limit: null,
  };
  return { ...state, peers: [...state.peers, peer] };
}

function opened(state: BudgetState, at: number): BudgetState {
  const peers = state.peers.map((peer): BudgetPeer => {
    const isDue = peer.opening.kind === 'waits' && peer.opening.until <= at;
    return isDue ? { ...peer, opening: { kind: 'open' } } : peer;
  });
  return { ...state, peers };
}

function withPeer(state: BudgetState, id: PeerId, change: Partial<BudgetPeer>): BudgetState {
  const peers = state.peers.map((peer) => (peer.id === id ? { ...peer, ...change } : peer));
  return { ...state, peers };
}
