// The room: join, members, and status changes.

import { endCall, endPeer, forgetRejoin, startCall } from './call';
import { applyNegotiation, peerOf } from './peer';
import { isClaimant, peerToMember, membersInCall, setMembers, setStatus } from './members';
import { detach, provePeer, provePeersTo, rekey } from './reattach';
import { removeRingsOf, withdrawRing } from './ring';
import type { CallEndReason, IceServerConfig, Peer, PeerId, Member, MemberStatus } from './state';
import { isSameStatus, readStatus } from './status';
import {
  activeCall,
  clearTimer,
  insideRoom,
  memberOf,
  notify,
  setRoom,
  setTimer,
  type InsideRoom,
  type StepContext,
} from './step-context';
import type { Timer } from './timer';
import { visibleText } from './untrusted-text';
import type { IceServer, LeaveReason, MemberId, Participant, RoomJoined } from '../protocol/wire';

/** Time after a reload for the other members of the call to return as well. */
const REJOIN_MS = 10_000;
export const REJOIN_TIMER: Timer = { kind: 'rejoin' };
export const ICE_REFRESH_TIMER: Timer = { kind: 'ice-refresh' };
const ICE_SHARE_OF_TTL = 0.8;
const LONGEST_TIMER_MS = 86_400_000;
/** Time for the backlog after a resume. */
const DEPARTED_MS = 1_000;

export function handleJoined(context: StepContext, joined: RoomJoined): void {
  const { room } = context.state;
  if (room.kind === 'outside') return;
  const before = insideRoom(context);
  setRoom(context, {
    kind: 'inside',
    roomSession: room.roomSession,
    self: joined.self.id,
    iceServers: joined.iceServers.map(readIceServer),
    members: joined.participants.map(readMember),
  });
  context.state = { ...context.state, signaling: { kind: 'connected' } };
  refreshIceLater(context, joined.iceTtl);
  // The join may carry an older status. A repeated status tells the others that we were away.
  context.saysStatus = true;
  if (before === null) return rejoinOrWait(context);
  reconcile(context, before);
  rejoinIfThere(context);
}

export function handleUserJoined(context: StepContext, user: Participant): void {
  const room = insideRoom(context);
  if (room === null) return;
  const member = readMember(user);
  const known = memberOf(context, member.id);
  if (known !== null) return handleStatus(context, member.id, user.status ?? '');
  setMembers(context, [...room.members, member]);
  const { session } = member.status;
  const peers = activeCall(context)?.peers ?? [];
  const isAwaited = peers.some((peer) => peer.detached && peer.session === session);
  if (!isAwaited) notify(context, { code: 'joined', email: member.email }, 'joined');
  provePeersTo(context, member);
  rejoinIfThere(context);
}

export function handleUserLeft(context: StepContext, id: MemberId, reason: LeaveReason): void {
  const room = insideRoom(context);
  if (room === null) return;
  const member = memberOf(context, id);
  setMembers(
    context,
    room.members.filter((each) => each.id !== id),
  );
  removeRingsOf(context, (from) => from === id);
  const peer = activeCall(context)?.peers.find((each) => each.member === id);
  if (peer !== undefined) {
    if (reason === 'lost' && peer.path !== 'reconnecting') {
      detach(context, peer);
      return provePeer(context, peer);
    }
    return endPeer(context, peer.id, { reason, tell: null });
  }
  if (member === null) return;
  const { email } = member;
  notify(context, { code: reason === 'lost' ? 'lost' : 'left', email }, 'left');
}

export function handleStatus(context: StepContext, id: MemberId, text: string): void {
  const member = memberOf(context, id);
  if (member === null) return;
  const status = readStatus(text);
  setStatus(context, id, status);
  if (isSameStatus(status, member.status)) {
    // A repeated status means that the member was away.
    const peer = peerToMember(context, member);
    if (peer !== null) applyNegotiation(context, peer.id, { type: 'repeat' });
    provePeersTo(context, member);
  }
  followStatus(context, member.status, { ...member, status });
  rejoinIfThere(context);
}

export function handleIceServers(
  context: StepContext,
  servers: readonly IceServer[],
  ttl: number,
): void {
  const room = insideRoom(context);
  if (room === null) return;
  setRoom(context, { ...room, iceServers: servers.map(readIceServer) });
  refreshIceLater(context, ttl);
}

export function handleRejoinTimer(context: StepContext): void {
  const { kind } = context.state.call;
  if (insideRoom(context)?.roomSession.rejoin === null) return;
  if (kind === 'none') endCall(context, { reason: 'over', email: '' });
  if (kind === 'incoming') forgetRejoin(context);
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

/** The reason why a member left our call, from its status. */
export function departedReason({ path }: Peer, { call }: MemberStatus): CallEndReason {
  if (call !== null) return 'moved';
  return path === 'connected' ? 'hung-up' : 'lost';
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

function rejoinOrWait(context: StepContext): void {
  if (insideRoom(context)?.roomSession.rejoin === null) return;
  setTimer(context, REJOIN_TIMER, REJOIN_MS);
  rejoinIfThere(context);
}

/** After a reload: rejoins the call once a member has it in its status. */
function rejoinIfThere(context: StepContext): void {
  const rejoin = insideRoom(context)?.roomSession.rejoin ?? null;
  if (rejoin === null || context.state.call.kind !== 'none') return;
  const { state } = context;
  if (!membersInCall(state, rejoin).some((member) => !isClaimant(state, member))) return;
  clearTimer(context, REJOIN_TIMER);
  startCall(context, rejoin, { kind: 'join', by: 'rule', rings: [] });
}

function refreshIceLater(context: StepContext, ttl: number): void {
  const hasServers = (insideRoom(context)?.iceServers.length ?? 0) > 0;
  if (!hasServers || ttl <= 0) return clearTimer(context, ICE_REFRESH_TIMER);
  setTimer(context, ICE_REFRESH_TIMER, Math.min(ttl * 1000 * ICE_SHARE_OF_TTL, LONGEST_TIMER_MS));
}

function readMember({ id, email, status }: Participant): Member {
  return { id, email: visibleText(email), status: readStatus(status) };
}

function readIceServer({ urls, username, credential }: IceServer): IceServerConfig {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}
