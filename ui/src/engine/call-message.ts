// What another member says about a call: matched to the link or ring it is about, or ignored.

import { isDelivered, readPayload, type CallMessage, type EndReason } from './call-wire';
import { endLink } from './call';
import { rememberDeclined } from './declines';
import { descriptionFault, fingerprintOf } from './description';
import { handleUserCall } from './incoming-call';
import { callersPart, isSameConnection } from './connection-name';
import { feed, openPhase, updateLink } from './link';
import { connectAnew } from './path';
import { handleReturned } from './return';
import { addRingCandidate, withdrawRing } from './ring';
import type { CallEndReason, Link, Member } from './state';
import { activeCall, memberOf, send, type Turn } from './turn';
import type { Delivered } from '../protocol/wire';

type Accepted = Extract<CallMessage, { type: 'call:accepted' }>;

export function handleDelivered(turn: Turn, { type, from, payload }: Delivered): void {
  if (!isDelivered(type)) return;
  const member = memberOf(turn, from);
  const message = readPayload(type, payload);
  if (member !== null && message !== null) handleCallMessage(turn, member, message);
}

function handleCallMessage(turn: Turn, member: Member, message: CallMessage): void {
  if (isRefused(turn, member, message)) return;
  switch (message.type) {
    case 'user:call':
      return handleUserCall(turn, member, message);
    case 'call:accepted':
      return accepted(turn, member, message);
    case 'call:declined': {
      const link = linkFor(turn, member, message);
      if (link?.phase !== 'calling') return;
      const follow = message.reason === 'busy' ? ({ follow: 'follow' } as const) : {};
      const reason = message.reason === 'unusable' ? 'unusable-there' : message.reason;
      if (reason === 'declined-before') rememberDeclined(turn, member.id, message.call);
      return endLink(turn, link.id, { reason, tell: null, ...follow });
    }
    case 'call:ended': {
      const link = linkFor(turn, member, { call: message.call, connection: null });
      const reason = ENDED[message.reason];
      if (link !== null) endLink(turn, link.id, { reason, tell: null, follow: 'follow' });
      return withdrawRing(turn, member.id, message.call, reason);
    }
    case 'peer:nego:needed':
      return renegotiate(turn, member, message);
    case 'peer:nego:done': {
      const link = linkFor(turn, member, message);
      if (link === null || link.phase === 'calling') return;
      const { answer, serial } = message;
      feed(turn, link.id, { type: 'remote-answer', answer, serial });
      return;
    }
    case 'peer:returned':
      return handleReturned(turn, member, message);
    case 'peer:candidate': {
      const { candidate } = message;
      const link = linkFor(turn, member, message);
      if (link !== null) feed(turn, link.id, { type: 'remote-candidate', candidate });
      return addRingCandidate(turn, member.id, message, candidate);
    }
  }
}

/** What the other's reason is called on this side. */
const ENDED: Readonly<Record<EndReason, CallEndReason>> = {
  'hung-up': 'hung-up',
  left: 'left',
  // It was accepted here just when the caller gave up.
  unanswered: 'missed',
  moved: 'moved',
  lost: 'lost',
  failed: 'failed-there',
  unusable: 'unusable-there',
  ended: 'ended',
};

/**
 * Whether a message brings a description that is not even tried: it is too much, or it is of
 * another certificate than the connection it is about. Both ends are told.
 */
function isRefused(turn: Turn, member: Member, message: CallMessage): boolean {
  if (!('offer' in message || 'answer' in message)) return false;
  const description = 'offer' in message ? message.offer : message.answer;
  const isTooMuch = descriptionFault(description.sdp) !== null;
  if (message.type === 'user:call') {
    const { call, connection } = message;
    if (isTooMuch) {
      send(turn, member.id, { type: 'call:declined', call, connection, reason: 'unusable' });
    }
    return isTooMuch;
  }
  const link = linkFor(turn, member, message);
  if (link === null) return isTooMuch;
  const { remote } = link.fingerprints;
  const isOfAnother = remote !== null && remote !== fingerprintOf(description.sdp);
  if (!isTooMuch && !isOfAnother) return false;
  endLink(turn, link.id, { reason: 'unusable', tell: 'unusable' });
  return true;
}

function accepted(turn: Turn, member: Member, message: Accepted): void {
  const link = linkFor(turn, member, message);
  if (link === null) return acceptedAgain(turn, member, message);
  if (link.phase !== 'calling' || link.negotiation.signaling !== 'have-local-offer') return;
  const { answer, serial } = message;
  if (serial !== null && serial !== link.negotiation.serial) return;
  updateLink(turn, link.id, {
    connection: message.connection ?? link.connection,
    fingerprints: { ...link.fingerprints, remote: fingerprintOf(answer.sdp) },
  });
  feed(turn, link.id, { type: 'remote-answer', answer, serial });
  openPhase(turn, link.id);
}

/** Before and after a reload both answered the same offer, and the page of the first is gone. */
function acceptedAgain(turn: Turn, member: Member, { call, connection }: Accepted): void {
  const link = linkFor(turn, member, { call, connection: null });
  if (link === null || link.connection === null || connection === null) return;
  if (callersPart(link.connection) === callersPart(connection)) connectAnew(turn, link);
}

function renegotiate(
  turn: Turn,
  member: Member,
  message: Extract<CallMessage, { type: 'peer:nego:needed' }>,
): void {
  const link = linkFor(turn, member, message);
  if (link === null) return;
  const { offer, serial } = message;
  if (link.phase === 'calling') {
    // They have accepted, and that was lost: said again, our call is answered again.
    feed(turn, link.id, { type: 'repeat' });
    return;
  }
  feed(turn, link.id, { type: 'remote-offer', offer, serial, via: 'renegotiation' });
}

/** The link that a message is about: of this member, this call and this connection. */
function linkFor(
  turn: Turn,
  member: Member,
  { call: id, connection }: { readonly call: string; readonly connection: string | null },
): Link | null {
  const call = activeCall(turn);
  if (call?.id !== id) return null;
  const link = call.links.find((each) => each.member === member.id);
  if (link === undefined) return null;
  return isSameConnection(link.connection, connection) ? link : null;
}
