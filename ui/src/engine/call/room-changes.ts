// What changes in the room do to the call: its peers, its ringing calls.
//
// Invariant: media flows without the relay, so a lost signaling connection ends no peer.

import type { PeerId } from '../ids';
import {
  applyNegotiation,
  detach,
  expectReplacement,
  provePeer,
  provePeersTo,
  rekey,
} from '../peer/commands';
import { departedReason, peerOf, peerToMember, replacedPeer } from '../peer/queries';
import type { Peer } from '../peer/state';
import type { RoomFact } from '../room/events';
import type { InsideRoom, Member, MemberStatus } from '../room/state';
import {
  activeCall,
  clearTimer,
  insideRoom,
  memberOf,
  setCall,
  setTimer,
  type StepContext,
} from '../step-context';
import { isSameStatus } from '../wire/status';
import { forgetDeclines } from './declines';
import { leaveCall } from './end';
import { endPeer } from './end-peer';
import { rejoinIfThere, rejoinOrWait, REJOIN_TIMER } from './rejoin';
import { declineAll, removeRingsOf, withdrawRing } from './ring';

/** Time for the backlog after a resume. */
const DEPARTED_MS = 1_000;

export function handleRoomFact(context: StepContext, fact: RoomFact): void {
  switch (fact.type) {
    case 'room-joining':
      return setCall(context, { kind: 'none', ended: null });
    case 'room-entered':
      return rejoinOrWait(context);
    case 'room-reentered':
      reconcile(context, fact.before);
      return rejoinIfThere(context);
    case 'room-leaving':
      return leaveRoom(context);
    case 'member-joined':
      provePeersTo(context, fact.member);
      endReplaced(context, fact.member);
      return rejoinIfThere(context);
    case 'member-back':
      return rejoinIfThere(context);
    case 'member-left':
      return memberLeft(context, fact);
    case 'member-status':
      return statusChanged(context, fact.before, fact.member);
  }
}

function leaveRoom(context: StepContext): void {
  declineAll(context);
  leaveCall(context, 'left');
  forgetDeclines(context);
  clearTimer(context, REJOIN_TIMER);
  if (context.state.call.kind === 'none') setCall(context, { kind: 'none', ended: null });
}

function memberLeft(
  context: StepContext,
  { id, reason, replacedBy }: Extract<RoomFact, { type: 'member-left' }>,
): void {
  removeRingsOf(context, (from) => from === id);
  const peer = peerToMember(context, { id });
  if (peer === null) return;
  if (replacedBy !== null) {
    expectReplacement(context, peer, replacedBy);
    provePeer(context, peer);
    const member = memberOf(context, replacedBy);
    return member === null ? undefined : endReplaced(context, member);
  }
  if (reason !== 'lost' || peer.path === 'reconnecting') {
    return endPeer(context, peer.id, { reason, tell: null });
  }
  detach(context, peer);
  provePeer(context, peer);
}

/** A device that is back, and in another call or none, has lost its connection to us. */
function endReplaced(context: StepContext, member: Member): void {
  const peer = replacedPeer(context, member.id);
  if (peer === null || member.status.call === activeCall(context)?.id) return;
  endPeer(context, peer.id, { reason: 'lost', tell: null });
}

function statusChanged(context: StepContext, before: MemberStatus, member: Member): void {
  if (isSameStatus(before, member.status)) {
    // A repeated status means that the member was away.
    const peer = peerToMember(context, member);
    if (peer !== null) applyNegotiation(context, peer.id, { type: 'repeat' });
    provePeersTo(context, member);
  }
  followStatus(context, before, member);
  endReplaced(context, member);
  rejoinIfThere(context);
}

/** After a resume the member is no longer in this call, without a reason. */
export function handleDepartedTimer(context: StepContext, id: PeerId): void {
  const peer = peerOf(context, id);
  const status = peer === null ? undefined : memberOf(context, peer.member)?.status;
  if (peer === null || status === undefined || status.call === activeCall(context)?.id) return;
  const slept = context.state.sleptMs !== null;
  const reason = slept ? 'lost' : departedReason(peer, status);
  endPeer(context, id, { reason, tell: null, follow: 'follow' });
}

/** A status without the call means that the member left it; its ringing calls end. */
function followStatus(context: StepContext, before: MemberStatus, member: Member): void {
  const peer = leftPeer(context, before, member);
  if (peer === null) return;
  const reason = departedReason(peer, member.status);
  endPeer(context, peer.id, { reason, tell: null, follow: 'follow' });
}

/** Withdraws the ringing calls of the member; gives its peer in the call that it left. */
function leftPeer(context: StepContext, before: MemberStatus, { id, status }: Member): Peer | null {
  if (before.call === null || before.call === status.call) return null;
  withdrawRing(context, id, before.call, status.call === null ? 'hung-up' : 'moved');
  const call = activeCall(context);
  if (call?.id !== before.call) return null;
  return call.peers.find((each) => each.member === id) ?? null;
}

/** The current room, after the signaling connection was lost. */
function reconcile(context: StepContext, before: InsideRoom): void {
  removeRingsOf(context, (from) => memberOf(context, from) === null);
  const isSame = insideRoom(context)?.self === before.self;
  for (const peer of activeCall(context)?.peers ?? []) {
    const member = memberOf(context, peer.member);
    if (member === null) detach(context, peer);
    else rekey(context, peer, member);
    if (!isSame || member === null) provePeer(context, peer);
  }
  for (const old of before.members) {
    const member = memberOf(context, old.id);
    if (member === null) continue;
    const peer = leftPeer(context, old.status, member);
    // The backlog follows `room:joined`.
    if (peer !== null) setTimer(context, { kind: 'departed', peer: peer.id }, DEPARTED_MS);
  }
}
