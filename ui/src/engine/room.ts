// The room: coming in, who is there, who comes, goes, and says what of himself.

import { words } from './announce';
import { endLink, forgetRejoin, startCall } from './call';
import { closeLink, feed } from './link';
import { linkToMember, membersInCall, setMembers, setStatus } from './members';
import { orphan, rekey } from './return';
import { removeRingsOf, withdrawRing } from './ring';
import type { IceServerConfig, Link, Member, MemberStatus } from './state';
import { isSameStatus, readStatus } from './status';
import {
  activeCall,
  clearTimer,
  insideRoom,
  memberOf,
  say,
  setRoom,
  setTimer,
  type Turn,
} from './turn';
import type { IceServer, LeaveReason, MemberId, Participant, RoomJoined } from '../protocol/wire';

/** How long after a reload the others of the call may take to come back as well. */
const REJOIN_MS = 10_000;
export const REJOIN_TIMER = 'rejoin';
export const ICE_REFRESH_TIMER = 'ice-refresh';
const ICE_SHARE_OF_TTL = 0.8;
const LONGEST_TIMER_MS = 86_400_000;

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
  reconcile(turn, before.members);
  rejoinIfThere(turn);
}

export function handleUserJoined(turn: Turn, user: Participant): void {
  const room = insideRoom(turn);
  if (room === null) return;
  const member = readMember(user);
  const known = memberOf(turn, member.id);
  if (known !== null) return handleStatus(turn, member.id, user.status ?? '');
  setMembers(turn, [...room.members, member]);
  if (!adopt(turn, member)) say(turn, words.joined(member.email), 'joined');
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
      if (!adoptLink(turn, link)) orphan(turn, link);
      return;
    }
    return endLink(turn, link.id, { reason: reason === 'lost' ? 'lost' : 'left', tell: null });
  }
  if (member === null) return;
  const { email } = member;
  say(turn, reason === 'lost' ? words.lost(email) : words.left(email), 'left');
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
  if (kind === 'none' || kind === 'incoming') forgetRejoin(turn);
}

/** Who says that he is no longer in a call has left it, and rings from it no more. */
function followStatus(turn: Turn, before: MemberStatus, member: Member): void {
  if (before.call === null || before.call === member.status.call) return;
  withdrawRing(turn, member.id, before.call);
  if (activeCall(turn)?.id !== before.call) return;
  const link = activeCall(turn)?.links.find((each) => each.member === member.id);
  if (link !== undefined) {
    endLink(turn, link.id, { reason: 'hung-up', tell: null, follow: 'follow' });
  }
}

/** The room as it is now, after the way to the relay was lost. */
function reconcile(turn: Turn, before: readonly Member[]): void {
  removeRingsOf(turn, (from) => memberOf(turn, from) === null);
  for (const link of activeCall(turn)?.links ?? []) {
    const member = memberOf(turn, link.member);
    if (member !== null) rekey(turn, link, member);
    else if (!adoptLink(turn, link)) orphan(turn, link);
  }
  for (const old of before) {
    const member = memberOf(turn, old.id);
    if (member !== null) followStatus(turn, old.status, member);
  }
}

/** A member who is new by id takes up the link of his session. Whether there was one. */
function adopt(turn: Turn, member: Member): boolean {
  const { session } = member.status;
  const link = activeCall(turn)?.links.find(
    (each) => each.orphan && session !== null && each.session === session,
  );
  if (link === undefined) return false;
  takeUp(turn, link, member);
  return true;
}

/** The link of a place that was lost goes on with the one its session has now, if there is any. */
function adoptLink(turn: Turn, link: Link): boolean {
  const member = insideRoom(turn)?.members.findLast(
    ({ status: { session } }) => session !== null && session === link.session,
  );
  if (member === undefined) return false;
  const isLinked = activeCall(turn)?.links.some((other) => other.member === member.id);
  if (isLinked === true) closeLink(turn, link.id);
  else takeUp(turn, link, member);
  return true;
}

function takeUp(turn: Turn, link: Link, member: Member): void {
  rekey(turn, link, member);
  if (link.phase === 'calling' || member.status.call === activeCall(turn)?.id) return;
  endLink(turn, link.id, { reason: 'hung-up', tell: null, follow: 'follow' });
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
  if (membersInCall(turn.state, rejoin).length === 0) return;
  clearTimer(turn, REJOIN_TIMER);
  startCall(turn, rejoin, { kind: 'join', rings: [] });
}

function refreshIceLater(turn: Turn, ttl: number): void {
  const hasServers = (insideRoom(turn)?.iceServers.length ?? 0) > 0;
  if (!hasServers || ttl <= 0) return clearTimer(turn, ICE_REFRESH_TIMER);
  setTimer(turn, ICE_REFRESH_TIMER, Math.min(ttl * 1000 * ICE_SHARE_OF_TTL, LONGEST_TIMER_MS));
}

function readMember({ id, email, status }: Participant): Member {
  return { id, email, status: readStatus(status) };
}

function readIceServer({ urls, username, credential }: IceServer): IceServerConfig {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}
