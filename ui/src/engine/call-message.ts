// Handles call messages: finds the peer or ringing call of each message, or ignores it.

import { isDelivered, readPayload, type CallMessage, type EndReason } from './call-wire';
import { endPeer } from './call';
import { rememberDeclined } from './declines';
import { descriptionFault, fingerprintOf } from './description';
import { handleUserCall } from './incoming-call';
import { callersPart, isSameConnection } from './connection-name';
import { applyNegotiation, openPhase, updatePeer } from './peer';
import { replaceConnection } from './ice-recovery';
import { handleReattach } from './reattach';
import { addRingCandidate, withdrawRing } from './ring';
import type { CallEndReason, Peer, Member } from './state';
import { activeCall, memberOf, send, type StepContext } from './step-context';
import type { Delivered } from '../protocol/wire';

type Accepted = Extract<CallMessage, { type: 'call:accepted' }>;

export function handleDelivered(context: StepContext, { type, from, payload }: Delivered): void {
  if (!isDelivered(type)) return;
  const member = memberOf(context, from);
  const message = readPayload(type, payload);
  if (member !== null && message !== null) handleCallMessage(context, member, message);
}

function handleCallMessage(context: StepContext, member: Member, message: CallMessage): void {
  if (isRefused(context, member, message)) return;
  switch (message.type) {
    case 'user:call':
      return handleUserCall(context, member, message);
    case 'call:accepted':
      return accepted(context, member, message);
    case 'call:declined': {
      const peer = peerFor(context, member, message);
      if (peer?.phase !== 'calling') return;
      const follow = message.reason === 'busy' ? ({ follow: 'follow' } as const) : {};
      const reason = message.reason === 'unusable' ? 'unusable-there' : message.reason;
      if (reason === 'declined-before') rememberDeclined(context, member.id, message.call);
      return endPeer(context, peer.id, { reason, tell: null, ...follow });
    }
    case 'call:ended': {
      const peer = peerFor(context, member, { call: message.call, connection: null });
      const reason = ENDED[message.reason];
      if (peer !== null) endPeer(context, peer.id, { reason, tell: null, follow: 'follow' });
      return withdrawRing(context, member.id, message.call, reason);
    }
    case 'peer:nego:needed':
      return renegotiate(context, member, message);
    case 'peer:nego:done': {
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
      return addRingCandidate(context, member.id, message, candidate);
    }
  }
}

/** Maps the reason in the message to the reason shown here. */
const ENDED: Readonly<Record<EndReason, CallEndReason>> = {
  'hung-up': 'hung-up',
  left: 'left',
  // The call was accepted here while the caller gave up.
  unanswered: 'missed',
  moved: 'moved',
  lost: 'lost',
  failed: 'failed-there',
  unusable: 'unusable-there',
  ended: 'ended',
};

/**
 * Whether the description is rejected unapplied: it exceeds a limit, or its certificate is not the
 * certificate of the connection. Both ends show an error.
 */
function isRefused(context: StepContext, member: Member, message: CallMessage): boolean {
  if (!('offer' in message || 'answer' in message)) return false;
  const description = 'offer' in message ? message.offer : message.answer;
  const isTooMuch = descriptionFault(description.sdp) !== null;
  if (message.type === 'user:call') {
    const { call, connection } = message;
    if (isTooMuch) {
      send(context, member.id, { type: 'call:declined', call, connection, reason: 'unusable' });
    }
    return isTooMuch;
  }
  const peer = peerFor(context, member, message);
  if (peer === null) return isTooMuch;
  const { remote } = peer.fingerprints;
  const isOfAnother = remote !== null && remote !== fingerprintOf(description.sdp);
  if (!isTooMuch && !isOfAnother) return false;
  endPeer(context, peer.id, { reason: 'unusable', tell: 'unusable' });
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
}

/** The other page answered the same offer before and after its reload. The first page is gone. */
function acceptedAgain(context: StepContext, member: Member, { call, connection }: Accepted): void {
  const peer = peerFor(context, member, { call, connection: null });
  if (peer === null || peer.connection === null || connection === null) return;
  if (callersPart(peer.connection) === callersPart(connection)) replaceConnection(context, peer);
}

function renegotiate(
  context: StepContext,
  member: Member,
  message: Extract<CallMessage, { type: 'peer:nego:needed' }>,
): void {
  const peer = peerFor(context, member, message);
  if (peer === null) return;
  const { offer, serial } = message;
  if (peer.phase === 'calling') {
    // The other end accepted and the answer was lost. It answers our repeated offer again.
    applyNegotiation(context, peer.id, { type: 'repeat' });
    return;
  }
  applyNegotiation(context, peer.id, { type: 'remote-offer', offer, serial, via: 'renegotiation' });
}

/** Finds the peer by member, call and connection. */
function peerFor(
  context: StepContext,
  member: Member,
  { call: id, connection }: { readonly call: string; readonly connection: string | null },
): Peer | null {
  const call = activeCall(context);
  if (call?.id !== id) return null;
  const peer = call.peers.find((each) => each.member === member.id);
  if (peer === undefined) return null;
  return isSameConnection(peer.connection, connection) ? peer : null;
}
