// ICE recovery of a peer: restart ICE after a loss, then replace the connection.
//
// Invariant: an open peer that is not connected always has a running timer. A lost path ends a peer
// only if its member left the room as well.

import type { PeerId } from '../ids';
import type { MemberStatus } from '../room/state';
import {
  activeCall,
  clearTimer,
  emit,
  memberOf,
  say,
  setTimer,
  type StepContext,
} from '../step-context';
import type { PeerFault } from './events';
import { callPeer, closePeer } from './open';
import { departedReason, peerOf } from './queries';
import type { Peer } from './state';
import { giveUp, updatePeer } from './update';

const DISCONNECTED_TIMEOUT_MS = 4_000;
const RESTART_TIMEOUT_MS = 10_000;
/** The polite end restarts later, in case the impolite end does not. */
const POLITE_RESTART_DELAY_MS = 8_000;
/** After this number of failed ICE restarts the connection is replaced. */
const MAX_ICE_RESTARTS = 3;

export function handleConnection(
  context: StepContext,
  id: PeerId,
  state: RTCPeerConnectionState,
): void {
  const peer = peerOf(context, id);
  if (peer === null) return;
  switch (state) {
    case 'connected':
      return connected(context, peer);
    case 'disconnected':
      if (peer.path === 'connected')
        setTimer(context, { kind: 'path', peer: id }, DISCONNECTED_TIMEOUT_MS);
      return;
    case 'failed':
      return degrade(context, peer);
    case 'new':
    case 'connecting':
    case 'closed':
      return;
  }
}

/** The path stayed disconnected. */
export function handlePathTimer(context: StepContext, id: PeerId): void {
  const peer = peerOf(context, id);
  if (peer?.path === 'connected') degrade(context, peer);
}

/** The path is still missing: try again. */
export function handleRestartTimer(context: StepContext, id: PeerId): void {
  const peer = peerOf(context, id);
  if (peer === null || peer.path === 'connected' || peer.phase !== 'open') return;
  const departed = departedStatus(context, peer);
  if (departed !== null) {
    return giveUp(context, id, { reason: departedReason(peer, departed), tell: 'lost' });
  }
  if (needsReplacement(context, peer)) return replaceConnection(context, peer);
  restart(context, peer);
}

/** The status of a member who has left this call: its offer was stale. */
function departedStatus(context: StepContext, peer: Peer): MemberStatus | null {
  const status = memberOf(context, peer.member)?.status;
  // A client without a session may send no status.
  if (status === undefined || status.session === null) return null;
  return status.call === activeCall(context)?.id ? null : status;
}

function connected(context: StepContext, peer: Peer): void {
  clearTimer(context, { kind: 'path', peer: peer.id });
  clearTimer(context, { kind: 'restart', peer: peer.id });
  if (peer.path === 'connected') return;
  updatePeer(context, peer.id, { path: 'connected', attempts: 0 });
  context.raise({ type: 'peer-connected', peer: peer.id });
  const { email } = peer;
  const code = peer.path === 'connecting' ? 'connected' : 'reconnected';
  say(context, { code, email }, 'connected');
}

function degrade(context: StepContext, peer: Peer): void {
  if (peer.path === 'connected') {
    if (peer.detached) return giveUp(context, peer.id, { reason: 'lost', tell: null });
    clearTimer(context, { kind: 'path', peer: peer.id });
    updatePeer(context, peer.id, { path: 'reconnecting' });
    say(context, { code: 'reconnecting', email: peer.email }, 'reconnecting');
  } else if (peer.attempts > 0 || peer.phase !== 'open') {
    // The timer of the running attempt continues.
    return;
  }
  if (peer.negotiation.polite)
    setTimer(context, { kind: 'restart', peer: peer.id }, POLITE_RESTART_DELAY_MS);
  else restart(context, peer);
}

function restart(context: StepContext, peer: Peer): void {
  updatePeer(context, peer.id, { attempts: peer.attempts + 1 });
  setTimer(context, { kind: 'restart', peer: peer.id }, RESTART_TIMEOUT_MS);
  if (!peer.detached) emit(context, { type: 'peer-restart-ice', peer: peer.id });
}

function needsReplacement(
  context: StepContext,
  { attempts, detached, member, negotiation }: Peer,
): boolean {
  const isHere = !detached && memberOf(context, member)?.presence === 'here';
  const isReachable = isHere && context.state.signaling.kind === 'connected';
  return isReachable && !negotiation.polite && attempts >= MAX_ICE_RESTARTS;
}

/** Replaces the connection within the same call; the other end accepts it automatically. */
export function replaceConnection(context: StepContext, peer: Peer): void {
  const member = memberOf(context, peer.member);
  if (member === null) return;
  closePeer(context, peer.id);
  callPeer(context, member, 'repair', peer.path === 'connecting' ? 'connecting' : 'reconnecting');
}

/**
 * An operation on the connection failed. A connection that was connected before is replaced; any
 * other ends. A faulty remote description ends it too: the next one would be the same.
 */
export function handleBroken(context: StepContext, id: PeerId, fault: PeerFault): void {
  const peer = peerOf(context, id);
  if (peer === null) return;
  if (fault === 'description') {
    return giveUp(context, id, { reason: 'unusable', tell: 'unusable' });
  }
  const canRetry =
    peer.phase === 'open' && !peer.detached && memberOf(context, peer.member) !== null;
  if (canRetry && peer.path !== 'connecting') return replaceConnection(context, peer);
  giveUp(context, id, { reason: 'failed', tell: 'failed' });
}
