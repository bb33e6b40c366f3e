// The peers of the active call: open, negotiate, close.
//
// Invariant: each peer in the state has an open connection, and each connection has a peer.

import type { CallMessage } from './call-wire';
import { acceptedName, callersPart } from './connection-name';
import { fingerprintOf } from './description';
import {
  negotiate,
  newNegotiation,
  type NegotiationInput,
  type NegotiationOutput,
} from './negotiation';
import type { Peer, PeerId, Member, PathState, Ring } from './state';
import { isSending } from './status';
import {
  activeCall,
  clearTimer,
  emit,
  finish,
  insideRoom,
  send,
  setCall,
  setTimer,
  type StepContext,
} from './step-context';
import { PEER_TIMERS } from './timer';

const RING_TIMEOUT_MS = 45_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** Time for the first path before ICE is restarted; the impolite end restarts first. */
const FIRST_PATH_TIMEOUT_MS = { impolite: 15_000, polite: 20_000 };
const MAX_UNSENT_CANDIDATES = 256;

export function peerOf(context: StepContext, id: PeerId): Peer | null {
  return activeCall(context)?.peers.find((peer) => peer.id === id) ?? null;
}

export function updatePeer(context: StepContext, id: PeerId, change: Partial<Peer>): void {
  const call = activeCall(context);
  if (call === null) return;
  const peers = call.peers.map((peer) => (peer.id === id ? { ...peer, ...change } : peer));
  setCall(context, { ...call, peers });
}

/** Rings a member (`ring`), or reconnects a member of the same call (`repair`). */
export function callPeer(
  context: StepContext,
  member: Pick<Member, 'id' | 'email' | 'status'>,
  purpose: 'ring' | 'repair',
  path: PathState = 'connecting',
): void {
  const id = nextPeerId(context);
  const { session } = member.status;
  const fingerprints = { offer: null, remote: null };
  const of = { member: member.id, email: member.email, session, connection: id, fingerprints };
  addPeer(context, { id, ...of }, path);
  if (purpose === 'ring') setTimer(context, { kind: 'ring', peer: id }, RING_TIMEOUT_MS);
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
  const added: Peer = {
    ...peer,
    phase: 'calling',
    path,
    detached: false,
    attempts: 0,
    unsent: [],
    negotiation: newNegotiation(room.self < peer.member),
  };
  setCall(context, { ...call, peers: [...call.peers, added] });
  const member = room.members.find(({ id }) => id === peer.member);
  const video = member?.status.camera === true ? 'awaited' : 'unsure';
  emit(context, { type: 'peer-open', peer: peer.id, iceServers: room.iceServers, video });
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

/** The offer of either end is accepted: the peer is in the call. */
export function openPhase(context: StepContext, id: PeerId): void {
  const peer = peerOf(context, id);
  if (peer === null || peer.phase === 'open') return;
  updatePeer(context, id, { phase: 'open' });
  clearTimer(context, { kind: 'ring', peer: id });
  const ms = FIRST_PATH_TIMEOUT_MS[peer.negotiation.polite ? 'polite' : 'impolite'];
  setTimer(context, { kind: 'restart', peer: id }, ms);
}

/** Passes an input to the negotiation. False: the connection cannot continue. */
export function applyNegotiation(
  context: StepContext,
  id: PeerId,
  input: NegotiationInput,
): boolean {
  const peer = peerOf(context, id);
  if (peer === null) return true;
  const [negotiation, outputs] = negotiate(peer.negotiation, input);
  updatePeer(context, id, { negotiation });
  for (const output of outputs) {
    if (output.type === 'broken') return false;
    perform(context, id, output);
  }
  return true;
}

function perform(
  context: StepContext,
  id: PeerId,
  output: Exclude<NegotiationOutput, { type: 'broken' }>,
): void {
  switch (output.type) {
    case 'offer':
      return emit(context, { type: 'peer-offer', peer: id });
    case 'accept-offer':
      return emit(context, { type: 'peer-accept-offer', peer: id, offer: output.offer });
    case 'accept-answer':
      return emit(context, { type: 'peer-accept-answer', peer: id, answer: output.answer });
    case 'add-candidate':
      return emit(context, { type: 'peer-add-candidate', peer: id, candidate: output.candidate });
    case 'send-offer':
      return sendOffer(context, id, output);
    case 'send-answer':
      return sendAnswer(context, id, output);
  }
}

function sendOffer(
  context: StepContext,
  id: PeerId,
  { offer, serial }: Extract<NegotiationOutput, { type: 'send-offer' }>,
): void {
  const peer = peerOf(context, id);
  const call = activeCall(context);
  if (peer === null || call === null) return;
  if (peer.phase === 'calling') {
    const fingerprints = { ...peer.fingerprints, offer: fingerprintOf(offer.sdp) };
    updatePeer(context, id, { fingerprints });
  }
  if (peer.detached) return;
  const of = { call: call.id, connection: peer.connection, serial };
  tell(
    context,
    peer,
    peer.phase === 'calling'
      ? { type: 'user:call', ...of, offer, media: sentMedia(context) }
      : { type: 'peer:nego:needed', ...of, offer },
  );
  setTimer(context, { kind: 'answer', peer: id }, ANSWER_TIMEOUT_MS);
  sendHeldCandidates(context, id);
}

function sendAnswer(
  context: StepContext,
  id: PeerId,
  { answer, serial, via }: Extract<NegotiationOutput, { type: 'send-answer' }>,
): void {
  const peer = peerOf(context, id);
  const call = activeCall(context);
  if (peer === null || call === null) return;
  const of = { call: call.id, connection: peer.connection, serial };
  tell(
    context,
    peer,
    via === 'call'
      ? { type: 'call:accepted', ...of, answer, media: sentMedia(context) }
      : { type: 'peer:nego:done', ...of, answer },
  );
  openPhase(context, id);
  sendHeldCandidates(context, id);
}

/** A detached peer receives nothing. After reattaching, it asks for missed messages. */
function tell(context: StepContext, peer: Peer, message: CallMessage): void {
  if (!peer.detached) send(context, peer.member, message);
}

function sentMedia({ state }: StepContext): { microphone: boolean; camera: boolean } {
  const { microphone, camera } = state.media;
  return { microphone: isSending(microphone), camera: isSending(camera) };
}

/** Sends a local candidate, after the description of its ICE generation. */
export function trickle(
  context: StepContext,
  id: PeerId,
  candidate: RTCIceCandidateInit | null,
): void {
  const peer = peerOf(context, id);
  if (peer === null) return;
  const unsent = [...peer.unsent, candidate].slice(-MAX_UNSENT_CANDIDATES);
  updatePeer(context, id, { unsent });
  const kind = peer.negotiation.operation?.kind;
  if (kind !== 'offer' && kind !== 'accept-offer') sendHeldCandidates(context, id);
}

export function sendHeldCandidates(context: StepContext, id: PeerId): void {
  const peer = peerOf(context, id);
  const call = activeCall(context);
  if (peer === null || call === null || peer.detached) return;
  for (const candidate of peer.unsent) {
    const { connection } = peer;
    send(context, peer.member, { type: 'peer:candidate', call: call.id, connection, candidate });
  }
  updatePeer(context, id, { unsent: [] });
}
