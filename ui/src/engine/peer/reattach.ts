// Detached peers: the member lost its place in the room, and the peer waits for it to return under
// a new id.
//
// Invariant: media flows without the relay, so a lost relay alone ends no peer. A peer reattaches
// only to a member who has proven to hold its other end.

import type { PeerId } from '../ids';
import type { Member } from '../room/state';
import {
  activeCall,
  clearTimer,
  insideRoom,
  send,
  setTimer,
  type StepContext,
} from '../step-context';
import type { MemberId } from '../../protocol/wire';
import type { CallMessage } from '../wire/call-message';
import { isSameConnection } from '../wire/connection-name';
import { applyNegotiation, sendHeldCandidates } from './exchange';
import { closePeer } from './open';
import { peerOf } from './queries';
import { reattachProof } from './reattach-proof';
import type { Peer } from './state';
import { giveUp, updatePeer } from './update';

const DETACHED_LIMIT_MS = 60_000;
/** An unanswered call has no media path yet. */
const DETACHED_CALLING_LIMIT_MS = 10_000;

type ReattachMessage = Extract<CallMessage, { type: 'peer:returned' }>;

export function detach(context: StepContext, peer: Peer): void {
  if (peer.detached) return;
  updatePeer(context, peer.id, { detached: true });
  const ms = peer.phase === 'calling' ? DETACHED_CALLING_LIMIT_MS : DETACHED_LIMIT_MS;
  setTimer(context, { kind: 'detached', peer: peer.id }, ms);
}

/** The member's device is back under another id: its page proves the connection, or offers again. */
export function expectReplacement(context: StepContext, peer: Peer, by: MemberId): void {
  detach(context, peer);
  updatePeer(context, peer.id, { replacedBy: by });
}

export function handleDetachedTimer(context: StepContext, id: PeerId): void {
  if (peerOf(context, id)?.detached === true) giveUp(context, id, { reason: 'lost', tell: null });
}

/** Sends our proof to all members who may hold the other end. */
export function provePeer(context: StepContext, peer: Peer): void {
  for (const member of insideRoom(context)?.members ?? []) {
    if (member.id === peer.member || isClaimedBy(peer, member)) prove(context, peer, member);
  }
}

/** Sends our proofs to a member that is new or was away. */
export function provePeersTo(context: StepContext, member: Member): void {
  for (const peer of activeCall(context)?.peers ?? []) {
    if (peer.member !== member.id && isClaimedBy(peer, member)) prove(context, peer, member);
  }
}

export function handleReattach(
  context: StepContext,
  member: Member,
  message: ReattachMessage,
): void {
  const call = activeCall(context);
  const self = insideRoom(context)?.self;
  if (call === null || self === undefined || call.id !== message.call) return;
  const peer = call.peers.find(
    (each) =>
      isSameConnection(each.connection, message.connection) &&
      (each.session === null || each.session === member.status.session) &&
      reattachProof(call.id, each, member.id, self) === message.proof,
  );
  if (peer === undefined) return;
  if (peer.member !== member.id) {
    const hasPeer = call.peers.some((other) => other.member === member.id);
    if (hasPeer) return closePeer(context, peer.id);
    reattach(context, peer, member);
    context.raise({ type: 'member-proven', member: member.id });
  }
  if (message.waits) prove(context, peer, member);
}

/** Assigns the peer to this member; both ids may be new. */
export function rekey(context: StepContext, peer: Peer, member: Member): void {
  const self = insideRoom(context)?.self;
  if (self === undefined) return;
  clearTimer(context, { kind: 'detached', peer: peer.id });
  updatePeer(context, peer.id, {
    member: member.id,
    email: member.email,
    session: member.status.session,
    detached: false,
    replacedBy: null,
    negotiation: { ...peer.negotiation, polite: self < member.id },
  });
  resume(context, peer.id);
}

function reattach(context: StepContext, peer: Peer, member: Member): void {
  rekey(context, peer, member);
  if (peer.phase === 'calling' || member.status.call === activeCall(context)?.id) return;
  giveUp(context, peer.id, { reason: 'hung-up', tell: null, follow: 'follow' });
}

/** Whether a member claims the session of the peer. Any member can. */
function isClaimedBy({ session }: Peer, { status }: Member): boolean {
  return session !== null && status.session === session;
}

function prove(context: StepContext, { id }: Peer, member: Member): void {
  const peer = peerOf(context, id);
  const call = activeCall(context);
  const self = insideRoom(context)?.self;
  if (peer === null || call === null || self === undefined) return;
  const proof = reattachProof(call.id, peer, self, member.id);
  if (proof === null || peer.connection === null) return;
  const waits = peer.member !== member.id;
  const { connection } = peer;
  send(context, member.id, { type: 'peer:returned', call: call.id, connection, proof, waits });
}

/** Repeats messages that may be lost while either end was away. */
function resume(context: StepContext, id: PeerId): void {
  applyNegotiation(context, id, { type: 'repeat' });
  const kind = peerOf(context, id)?.negotiation.operation?.kind;
  if (kind !== 'offer' && kind !== 'accept-offer') sendHeldCandidates(context, id);
}
