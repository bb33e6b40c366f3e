// Questions about who is in the room.

import type { Link, Member, MemberStatus, Ring, State } from './state';
import { ownStatus } from './status';
import { activeCall, insideRoom, setRoom, type Turn } from './turn';
import type { CallId } from './state';
import type { MemberId } from '../protocol/wire';

/**
 * Everybody who can be called: not those whose engine cannot hold calls, and not the place that
 * somebody (or this page itself) has lost and come back from under a new id.
 */
export function callableMembers(state: State): readonly Member[] {
  if (state.room.kind !== 'inside') return [];
  const own = ownStatus(state).session;
  return state.room.members.filter(({ status: { session, calls } }, index, all) => {
    if (!calls) return false;
    if (session === null) return true;
    const isReplaced = all.some(
      (other, later) => later > index && other.status.session === session,
    );
    return session !== own && !isReplaced;
  });
}

export function membersInCall(state: State, call: CallId): readonly Member[] {
  return callableMembers(state).filter(({ status }) => status.call === call);
}

/** The call that most of the room is in. */
export function runningCall(state: State): CallId | null {
  const calls = callableMembers(state).flatMap(({ status }) => status.call ?? []);
  const sizeOf = (call: CallId): number => calls.filter((other) => other === call).length;
  return calls.reduce<CallId | null>(
    (most, call) => (most === null || sizeOf(call) > sizeOf(most) ? call : most),
    null,
  );
}

/** Members of the active call that no link leads to. */
export function unlinkedMembers(state: State): readonly Member[] {
  const { call } = state;
  if (call.kind !== 'active') return [];
  return membersInCall(state, call.id).filter(
    (member) => !call.links.some((link) => leadsTo(link, member)),
  );
}

function leadsTo(link: Link, { id, status: { session } }: Member): boolean {
  return link.member === id || (session !== null && link.session === session);
}

/** The link to a member, also where he came back under a new id without our noticing yet. */
export function linkToMember(turn: Turn, member: Member): Link | null {
  const links = activeCall(turn)?.links ?? [];
  return (
    links.find((link) => link.member === member.id) ??
    links.find((link) => leadsTo(link, member)) ??
    null
  );
}

export function setMembers(turn: Turn, members: readonly Member[]): void {
  const room = insideRoom(turn);
  if (room !== null) setRoom(turn, { ...room, members });
}

export function setStatus(turn: Turn, id: MemberId, status: MemberStatus): void {
  const members = insideRoom(turn)?.members ?? [];
  setMembers(
    turn,
    members.map((member) => (member.id === id ? { ...member, status } : member)),
  );
}

/** Those of the rings whose caller can still be reached. */
export function reachableRings(state: State, rings: readonly Ring[]): readonly Ring[] {
  const callable = callableMembers(state);
  return rings.filter((ring) => callable.some((member) => member.id === ring.from));
}
