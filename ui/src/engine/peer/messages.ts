// Messages about one connection: answers, renegotiation, candidates, proofs.
//
// Invariant: a message that names no peer here is ignored. A description over a limit, or of
// another certificate, is not set, and both ends show an error.

import type { Member } from '../room/state';
import type { StepContext } from '../step-context';
import type { CallMessage } from '../wire/call-message';
import { callersPart } from '../wire/connection-name';
import { descriptionFault, fingerprintOf, type Description } from '../wire/description';
import { applyNegotiation, sendHeldCandidates } from './exchange';
import { replaceConnection } from './ice-recovery';
import { peerFor } from './queries';
import { handleReattach } from './reattach';
import type { Peer } from './state';
import { giveUp, openPhase, updatePeer } from './update';

type PeerMessage = Exclude<CallMessage, { type: 'user:call' | 'call:declined' | 'call:ended' }>;
type Accepted = Extract<PeerMessage, { type: 'call:accepted' }>;

export function handlePeerMessage(
  context: StepContext,
  member: Member,
  message: PeerMessage,
): void {
  switch (message.type) {
    case 'call:accepted':
      if (isRefused(context, member, message, message.answer)) return;
      return accepted(context, member, message);
    case 'peer:nego:needed':
      if (isRefused(context, member, message, message.offer)) return;
      return renegotiate(context, peerFor(context, member, message), message);
    case 'peer:nego:done': {
      if (isRefused(context, member, message, message.answer)) return;
      const peer = peerFor(context, member, message);
      if (peer === null || peer.phase === 'calling') return;
      const { answer, serial } = message;
      applyNegotiation(context, peer.id, { type: 'remote-answer', answer, serial });
      return;
    }
    case 'peer:returned':
      return handleReattach(context, member, message);
    case 'peer:candidate': {
      const { candidate } = message;
      const peer = peerFor(context, member, message);
      if (peer !== null)
        applyNegotiation(context, peer.id, { type: 'remote-candidate', candidate });
      return;
    }
  }
}

function isRefused(
  context: StepContext,
  member: Member,
  of: { readonly call: string; readonly connection: string | null },
  { sdp }: Description,
): boolean {
  const isTooMuch = descriptionFault(sdp) !== null;
  const peer = peerFor(context, member, of);
  if (peer === null) return isTooMuch;
  const { remote } = peer.fingerprints;
  const isOfAnother = remote !== null && remote !== fingerprintOf(sdp);
  if (!isTooMuch && !isOfAnother) return false;
  giveUp(context, peer.id, { reason: 'unusable', tell: 'unusable' });
  return true;
}

function accepted(context: StepContext, member: Member, message: Accepted): void {
  const peer = peerFor(context, member, message);
  if (peer === null) return acceptedAgain(context, member, message);
  if (peer.phase !== 'calling' || peer.negotiation.signaling !== 'have-local-offer') return;
  const { answer, serial } = message;
  if (serial !== null && serial !== peer.negotiation.serial) return;
  updatePeer(context, peer.id, {
    connection: message.connection ?? peer.connection,
    fingerprints: { ...peer.fingerprints, remote: fingerprintOf(answer.sdp) },
  });
  applyNegotiation(context, peer.id, { type: 'remote-answer', answer, serial });
  openPhase(context, peer.id);
  // The other end has answered, so it may learn the own address.
  sendHeldCandidates(context, peer.id);
}

/** The other page answered the same offer before and after its reload. The first page is gone. */
function acceptedAgain(context: StepContext, member: Member, { call, connection }: Accepted): void {
  const peer = peerFor(context, member, { call, connection: null });
  if (peer === null || peer.connection === null || connection === null) return;
  if (callersPart(peer.connection) === callersPart(connection)) replaceConnection(context, peer);
}

function renegotiate(
  context: StepContext,
  peer: Peer | null,
  { offer, serial }: Extract<PeerMessage, { type: 'peer:nego:needed' }>,
): void {
  if (peer === null) return;
  if (peer.phase === 'calling') {
    // The other end accepted and the answer was lost. It answers our repeated offer again.
    applyNegotiation(context, peer.id, { type: 'repeat' });
    return;
  }
  applyNegotiation(context, peer.id, { type: 'remote-offer', offer, serial, via: 'renegotiation' });
}
