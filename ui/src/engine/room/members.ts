// The members of the room: joined, left, changed status.

import {
  activeCall,
  insideRoom,
  memberOf,
  notify,
  setRoom,
  type StepContext,
} from '../step-context';
import { peerToMember } from '../peer/queries';
import { visibleText } from '../untrusted-text';
import { readStatus } from '../wire/status';
import type { MemberId, Participant, RoomJoined, ServerMessage } from '../../protocol/wire';
import { readIceServer, refreshIceLater } from './ice-servers';
import type { Member } from './state';

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
  context.raise(before === null ? { type: 'room-entered' } : { type: 'room-reentered', before });
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
  context.raise({ type: 'member-joined', member });
}

export function handleUserLeft(
  context: StepContext,
  { id, reason, ...left }: Extract<ServerMessage, { type: 'user:left' }>,
): void {
  const replacedBy = left.replacedBy ?? null;
  const room = insideRoom(context);
  if (room === null) return;
  const member = memberOf(context, id);
  // The call says what becomes of its own members.
  const isInCall = peerToMember(context, { id }) !== null;
  setMembers(
    context,
    room.members.filter((each) => each.id !== id),
  );
  context.raise({ type: 'member-left', id, reason, replacedBy });
  if (member === null || isInCall || replacedBy !== null) return;
  // The loss was said before.
  if (reason === 'lost' && member.presence === 'lost') return;
  notify(context, { code: reason === 'lost' ? 'lost' : 'left', email: member.email }, 'left');
}

/** The member has no line to the relay. Its place is kept for a while. */
export function handleUserLost(context: StepContext, id: MemberId): void {
  const member = memberOf(context, id);
  if (member === null || member.presence === 'lost') return;
  setMember(context, { ...member, presence: 'lost' });
  if (peerToMember(context, member) !== null) return;
  notify(context, { code: 'lost', email: member.email }, 'left');
}

export function handleUserBack(context: StepContext, id: MemberId): void {
  const before = memberOf(context, id);
  if (before === null || before.presence === 'here') return;
  const member: Member = { ...before, presence: 'here' };
  setMember(context, member);
  const isInCall = peerToMember(context, member) !== null;
  if (!isInCall) notify(context, { code: 'back', email: member.email }, 'joined');
  context.raise({ type: 'member-back', member });
}

export function handleStatus(context: StepContext, id: MemberId, text: string): void {
  const before = memberOf(context, id);
  if (before === null) return;
  const member = { ...before, status: readStatus(text) };
  setMember(context, member);
  context.raise({ type: 'member-status', member, before: before.status });
}

function setMember(context: StepContext, member: Member): void {
  const members = insideRoom(context)?.members ?? [];
  setMembers(
    context,
    members.map((each) => (each.id === member.id ? member : each)),
  );
}

function setMembers(context: StepContext, members: readonly Member[]): void {
  const room = insideRoom(context);
  if (room !== null) setRoom(context, { ...room, members });
}

function readMember({ id, email, status, lost }: Participant): Member {
  const presence = lost === true ? 'lost' : 'here';
  return { id, email: visibleText(email), status: readStatus(status), presence };
}
