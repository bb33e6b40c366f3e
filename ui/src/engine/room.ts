// The room: coming in, who is there, who comes, goes, and says what of himself.

import { words } from './announce';
import { endCall, endLink, forgetRejoin, startCall } from './call';
import { feed, linkOf, linkTimer } from './link';
import { isClaimant, linkToMember, membersInCall, setMembers, setStatus } from './members';
import { orphan, proveLink, proveLinksTo, rekey } from './return';
import { removeRingsOf, withdrawRing } from './ring';
import type { CallEndReason, IceServerConfig, Link, LinkId, Member, MemberStatus } from './state';
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
  type Turn,
} from './turn';
import { visibleText } from './untrusted-text';
import type { IceServer, LeaveReason, MemberId, Participant, RoomJoined } from '../protocol/wire';

/** How long after a reload the others of the call may take to come back as well. */
const REJOIN_MS = 10_000;
export const REJOIN_TIMER = 'rejoin';
export const ICE_REFRESH_TIMER = 'ice-refresh';
const ICE_SHARE_OF_TTL = 0.8;
const LONGEST_TIMER_MS = 86_400_000;
/** How long what was said while we were away may take to follow. */
const DEPARTED_MS = 1_000;

export function handleJoined(turn: Turn, joined: RoomJoined): void {
  const { room } = turn.state;
  if (room.kind === 'outside') return;
  const before = insideRoom(turn);
  setRoom(turn, {
    kind: 'inside',
    visit: room.visit,
    self: joined.self.id,
    iceServers: joined.iceServers.map(readIceServer),
    members: joined.participants.map(readMember),
  });
  turn.state = { ...turn.state, signaling: { kind: 'connected' } };
  refreshIceLater(turn, joined.iceTtl);
  // The join may have carried an older one; and whoever hears it again knows that we were away.
  turn.saysStatus = true;
  if (before === null) return rejoinOrWait(turn);
  reconcile(turn, before);
  rejoinIfThere(turn);
}

export function handleUserJoined(turn: Turn, user: Participant): void {
  const room = insideRoom(turn);
  if (room === null) return;
  const member = readMember(user);
  const known = memberOf(turn, member.id);
  if (known !== null) return handleStatus(turn, member.id, user.status ?? '');
  setMembers(turn, [...room.members, member]);
  const { session } = member.status;
  const links = activeCall(turn)?.links ?? [];
  const isAwaited = links.some((link) => link.orphan && link.session === session);
  if (!isAwaited) notify(turn, words.joined(member.email), 'joined');
  proveLinksTo(turn, member);
  rejoinIfThere(turn);
}

export function handleUserLeft(turn: Turn, id: MemberId, reason: LeaveReason): void {
  const room = insideRoom(turn);
  if (room === null) return;
  const member = memberOf(turn, id);
  setMembers(
    turn,
    room.members.filter((each) => each.id !== id),
  );
  removeRingsOf(turn, (from) => from === id);
  const link = activeCall(turn)?.links.find((each) => each.member === id);
  if (link !== undefined) {
    if (reason === 'lost' && link.path !== 'reconnecting') {
      orphan(turn, link);
      return proveLink(turn, link);
    }
    return endLink(turn, link.id, { reason, tell: null });
  }
  if (member === null) return;
  const { email } = member;
  notify(turn, reason === 'lost' ? words.lost(email) : words.left(email), 'left');
}

export function handleStatus(turn: Turn, id: MemberId, text: string): void {
  const member = memberOf(turn, id);
  if (member === null) return;
  const status = readStatus(text);
  setStatus(turn, id, status);
  if (isSameStatus(status, member.status)) {
    // Said again unchanged, it says that its member was away.
    const link = linkToMember(turn, member);
    if (link !== null) feed(turn, link.id, { type: 'repeat' });
    proveLinksTo(turn, member);
  }
  followStatus(turn, member.status, { ...member, status });
  rejoinIfThere(turn);
}

export function handleIceServers(turn: Turn, servers: readonly IceServer[], ttl: number): void {
  const room = insideRoom(turn);
  if (room === null) return;
  setRoom(turn, { ...room, iceServers: servers.map(readIceServer) });
  refreshIceLater(turn, ttl);
}

export function handleRejoinTimer(turn: Turn): void {
  const { kind } = turn.state.call;
  if (insideRoom(turn)?.visit.rejoin === null) return;
  if (kind === 'none') endCall(turn, { reason: 'over', email: '' });
  if (kind === 'incoming') forgetRejoin(turn);
}

/** Back at the relay, the other turned out to be in this call no more, and has not said why. */
export function handleDepartedTimer(turn: Turn, id: LinkId): void {
  const link = linkOf(turn, id);
  const status = link === null ? undefined : memberOf(turn, link.member)?.status;
  if (link === null || status === undefined || status.call === activeCall(turn)?.id) return;
  const slept = turn.state.sleptMs !== null;
  const reason = slept ? 'lost' : departedReason(link, status);
  endLink(turn, id, { reason, tell: null, follow: 'follow' });
}

/** Why somebody is not in our call any more, as far as the status tells. */
export function departedReason({ path }: Link, { call }: MemberStatus): CallEndReason {
  if (call !== null) return 'moved';
  return path === 'connected' ? 'hung-up' : 'lost';
}

/** Who says that he is no longer in a call has left it, and rings from it no more. */
function followStatus(turn: Turn, before: MemberStatus, member: Member): void {
  const link = leftLink(turn, before, member);
  if (link === null) return;
  const reason = departedReason(link, member.status);
  endLink(turn, link.id, { reason, tell: null, follow: 'follow' });
}

/** The link of the call that a member says to be in no more. Its rings are withdrawn. */
function leftLink(turn: Turn, before: MemberStatus, { id, status }: Member): Link | null {
  if (before.call === null || before.call === status.call) return null;
  withdrawRing(turn, id, before.call, status.call === null ? 'hung-up' : 'moved');
  const call = activeCall(turn);
  if (call?.id !== before.call) return null;
  return call.links.find((each) => each.member === id) ?? null;
}

/** The room as it is now, after the way to the relay was lost. */
function reconcile(turn: Turn, before: InsideRoom): void {
  removeRingsOf(turn, (from) => memberOf(turn, from) === null);
  const isSame = insideRoom(turn)?.self === before.self;
  for (const link of activeCall(turn)?.links ?? []) {
    const member = memberOf(turn, link.member);
    if (member === null) orphan(turn, link);
    else rekey(turn, link, member);
    if (!isSame || member === null) proveLink(turn, link);
  }
  for (const old of before.members) {
    const member = memberOf(turn, old.id);
    if (member === null) continue;
    const link = leftLink(turn, old.status, member);
    // What was said of it meanwhile follows the welcome.
    if (link !== null) setTimer(turn, linkTimer('departed', link.id), DEPARTED_MS);
  }
}

function rejoinOrWait(turn: Turn): void {
  if (insideRoom(turn)?.visit.rejoin === null) return;
  setTimer(turn, REJOIN_TIMER, REJOIN_MS);
  rejoinIfThere(turn);
}

/** After a reload: back into the call, as soon as somebody says that it runs. */
function rejoinIfThere(turn: Turn): void {
  const rejoin = insideRoom(turn)?.visit.rejoin ?? null;
  if (rejoin === null || turn.state.call.kind !== 'none') return;
  const { state } = turn;
  if (!membersInCall(state, rejoin).some((member) => !isClaimant(state, member))) return;
  clearTimer(turn, REJOIN_TIMER);
  startCall(turn, rejoin, { kind: 'join', by: 'rule', rings: [] });
}

function refreshIceLater(turn: Turn, ttl: number): void {
  const hasServers = (insideRoom(turn)?.iceServers.length ?? 0) > 0;
  if (!hasServers || ttl <= 0) return clearTimer(turn, ICE_REFRESH_TIMER);
  setTimer(turn, ICE_REFRESH_TIMER, Math.min(ttl * 1000 * ICE_SHARE_OF_TTL, LONGEST_TIMER_MS));
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
