// Peers of the active call: opened by a call or an accept, and closed.

import { ownAddress } from '../address/queries';
import {
  finish,
  activeCall,
  clearTimer,
  emit,
  insideRoom,
  setCall,
  setTimer,
  type StepContext,
} from '../step-context';
import type { Ring } from '../call/state';
import type { PeerId } from '../ids';
import type { Member } from '../room/state';
import { acceptedName, callersPart } from '../wire/connection-name';
import { fingerprintOf } from '../wire/description';
import { applyNegotiation } from './exchange';
import { newNegotiation } from './negotiation';
import type { PathState, Peer } from './state';
import { updatePeer } from './update';

const RING_TIMEOUT_MS = 45_000;
/** They end with the peer. */
const PEER_TIMERS = ['ring', 'answer', 'path', 'restart', 'detached', 'departed'] as const;

/** Rings a member (`ring`), or offers a connection within the call: `join`, `repair`. */
export function callPeer(
  context: StepContext,
  member: Pick<Member, 'id' | 'email' | 'status'>,
  purpose: 'ring' | 'join' | 'repair',
  path: PathState = 'connecting',
): void {
  const id = nextPeerId(context);
  const { session } = member.status;
  const fingerprints = { offer: null, remote: null };
  const of = { member: member.id, email: member.email, session, connection: id, fingerprints };
  addPeer(context, { id, ...of }, path);
  if (purpose === 'ring') updatePeer(context, id, { purpose });
  if (purpose !== 'repair') setTimer(context, { kind: 'ring', peer: id }, RING_TIMEOUT_MS);
  applyNegotiation(context, id, { type: 'needed' });
}

/** Answers an accepted offer. */
export function acceptPeer(
  context: StepContext,
  ring: Ring,
  session: Peer['session'],
  path: PathState,
): void {
  const { email, from, offer, serial } = ring;
  const id = nextPeerId(context);
  const connection = acceptedName(ring.connection, id);
  const fingerprint = fingerprintOf(offer.sdp);
  const fingerprints = { offer: fingerprint, remote: fingerprint };
  addPeer(context, { id, member: from, email, session, connection, fingerprints }, path);
  updatePeer(context, id, { phase: 'accepting' });
  applyNegotiation(context, id, { type: 'remote-offer', offer, serial, via: 'call' });
  for (const candidate of ring.candidates)
    applyNegotiation(context, id, { type: 'remote-candidate', candidate });
}

function nextPeerId(context: StepContext): PeerId {
  const { page, nextPeer } = context.state;
  context.state = { ...context.state, nextPeer: nextPeer + 1 };
  return `${page}-${nextPeer}`;
}

function addPeer(
  context: StepContext,
  peer: Pick<Peer, 'id' | 'member' | 'email' | 'session' | 'connection' | 'fingerprints'>,
  path: PathState,
): void {
  const call = activeCall(context);
  const room = insideRoom(context);
  if (call === null || room === null) return;
  const address = ownAddress(context.state);
  const added: Peer = {
    ...peer,
    address,
    purpose: 'rule',
    phase: 'calling',
    path,
    detached: false,
    replacedBy: null,
    attempts: 0,
    unsent: [],
    negotiation: newNegotiation(room.self < peer.member),
  };
  setCall(context, { ...call, peers: [...call.peers, added] });
  const member = room.members.find(({ id }) => id === peer.member);
  const video = member?.status.camera === true ? 'awaited' : 'unsure';
  const { iceServers } = room;
  const paths = address === 'relayed' ? 'relayed' : 'all';
  emit(context, { type: 'peer-open', peer: peer.id, iceServers, paths, video });
}

/** Removes the peer from the call and sends nothing. */
export function closePeer(context: StepContext, id: PeerId): void {
  const call = activeCall(context);
  if (call === null) return;
  const connection = call.peers.find((peer) => peer.id === id)?.connection ?? null;
  if (connection !== null) finish(context, callersPart(connection));
  setCall(context, { ...call, peers: call.peers.filter((peer) => peer.id !== id) });
  emit(context, { type: 'peer-close', peer: id });
  for (const kind of PEER_TIMERS) clearTimer(context, { kind, peer: id });
}
