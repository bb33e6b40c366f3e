// Changes of one peer in the active call.

import type { PeerId } from '../ids';
import { activeCall, clearTimer, setCall, setTimer, type StepContext } from '../step-context';
import type { Ending } from './events';
import { peerOf } from './queries';
import type { Peer } from './state';

/** Time for the first path before ICE is restarted; the impolite end restarts first. */
const FIRST_PATH_TIMEOUT_MS = { impolite: 15_000, polite: 20_000 };

export function updatePeer(context: StepContext, id: PeerId, change: Partial<Peer>): void {
  const call = activeCall(context);
  if (call === null) return;
  const peers = call.peers.map((peer) => (peer.id === id ? { ...peer, ...change } : peer));
  setCall(context, { ...call, peers });
}

/** The offer of either end is accepted: the peer is in the call. */
export function openPhase(context: StepContext, id: PeerId): void {
  const peer = peerOf(context, id);
  if (peer === null || peer.phase === 'open') return;
  updatePeer(context, id, { phase: 'open' });
  clearTimer(context, { kind: 'ring', peer: id });
  const ms = FIRST_PATH_TIMEOUT_MS[peer.negotiation.polite ? 'polite' : 'impolite'];
  setTimer(context, { kind: 'restart', peer: id }, ms);
}

/** The call ends the peer, and itself after the last one. */
export function giveUp(context: StepContext, peer: PeerId, ending: Ending): void {
  context.raise({ type: 'peer-over', peer, ending });
}
