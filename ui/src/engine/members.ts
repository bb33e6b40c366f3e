// Questions about who is in the room.
//
// Invariant: a session is what a member says of itself. It never hides another member, and never
// stands in for an id.

import { isDeclinedFor } from './declines';
import type { Link, Member, MemberStatus, Ring, State } from './state';
import { ownStatus } from './status';
import { activeCall, insideRoom, setRoom, type Turn } from './turn';
import type { CallId } from './state';
import type { MemberId } from '../protocol/wire';

/**
 * Everybody who can be called: not those whose engine cannot hold calls, and not the place that
 * this page itself has lost and come back from under a new id.
 */
export function callableMembers(state: State): readonly Member[] {
  if (state.room.kind !== 'inside') return [];
  const own = ownStatus(state).session;
  return state.room.members.filter(
    ({ status: { session, calls } }) => calls && (session === null || session !== own),
  );
}

/**
 * Whether a member says a session that is already somebody's: of a link, of a member who was here
 * before, or our own. It may be the same page under a new id, or anybody who repeats it.
 */
export function isClaimant(state: State, { id, status: { session } }: Member): boolean {
  if (session === null || state.room.kind !== 'inside') return false;
  const links = state.call.kind === 'active' ? state.call.links : [];
  if (links.some((link) => link.member === id)) return false;
  if (session === ownStatus(state).session) return true;
  if (links.some((link) => link.session === session)) return true;
  return state.room.members.find((other) => other.status.session === session)?.id !== id;
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

/** Of those, who is linked without anybody's press: nobody who claims to be another. */
export function membersToLink(state: State): readonly Member[] {
  const { call } = state;
  if (call.kind !== 'active') return [];
  return unlinkedMembers(state).filter(
    (member) => !isClaimant(state, member) && !isDeclinedFor(state.declines, member.id, call.id),
  );
}

/** The link to a member, by the id that the relay vouches for. */
export function linkToMember(turn: Turn, { id }: Member): Link | null {
  return activeCall(turn)?.links.find((link) => link.member === id) ?? null;
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
