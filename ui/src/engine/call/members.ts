// Queries about the members of the room, for calls.
//
// Invariant: a session is a claim of a member. It hides no other member and never replaces a member
// id.

import { isBlocked } from '../blocking/queries';
import type { MemberId } from '../../protocol/wire';
import type { CallId } from '../ids';
import type { Peer } from '../peer/state';
import { ownStatus } from '../room/queries';
import type { CallScope, Member, NamedCall } from '../room/state';
import type { State } from '../state';
import { isDeclinedFor } from './declines';
import type { Ring } from './state';

/** Members who can be called now: a lost one cannot answer. */
export function callableMembers(state: State): readonly Member[] {
  return membersWithCalls(state).filter(({ presence }) => presence === 'here');
}

/** Whom a call to everybody rings, and whose call it joins. */
export function welcomeMembers(state: State): readonly Member[] {
  return callableMembers(state).filter(({ id }) => !isBlocked(state, id));
}

/**
 * Excluded: browsers without calls, and the former membership of this page, before it got a new id.
 */
function membersWithCalls(state: State): readonly Member[] {
  if (state.room.kind !== 'inside') return [];
  const own = ownStatus(state).session;
  return state.room.members.filter(
    ({ status: { session, calls } }) => calls && (session === null || session !== own),
  );
}

/**
 * Whether a member claims a session that a peer, an earlier member or this page already has. The
 * member may be the same page under a new id, or an impostor.
 */
export function isClaimant(state: State, { id, status: { session } }: Member): boolean {
  if (session === null || state.room.kind !== 'inside') return false;
  const peers = state.call.kind === 'active' ? state.call.peers : [];
  if (peers.some((peer) => peer.member === id)) return false;
  if (session === ownStatus(state).session) return true;
  if (peers.some((peer) => peer.session === session)) return true;
  return state.room.members.find((other) => other.status.session === session)?.id !== id;
}

/** A running call, with whom it is for: ours as we know it, others as their members say. */
export function namedCall(state: State, id: CallId): NamedCall {
  return { id, scope: scopeOf(state, id) };
}

function scopeOf(state: State, call: CallId): CallScope {
  if (state.call.kind === 'active' && state.call.id === call) return state.call.scope;
  const isIts = ({ status }: Member): boolean =>
    status.call === call && status.scope === 'everybody';
  if (membersWithCalls(state).some(isIts)) return 'everybody';
  const { room } = state;
  const rejoin = room.kind === 'inside' ? room.roomSession.rejoin : null;
  return rejoin?.id === call ? rejoin.scope : 'some';
}

export function membersInCall(state: State, call: CallId): readonly Member[] {
  return callableMembers(state).filter(({ status }) => status.call === call);
}

/** Lost members do not count, so a call of lost members is over. */
export function runningCall(state: State): CallId | null {
  return largestCall(callableMembers(state), (id) => isBlocked(state, id));
}

/**
 * The call with most of these members; the first wins a tie. A call of blocked members alone is none to
 * join.
 */
export function largestCall(
  members: readonly Member[],
  isOfBlocked: (id: MemberId) => boolean,
): CallId | null {
  const calls = members.flatMap(({ status }) => status.call ?? []);
  const sizeOf = (call: CallId): number => calls.filter((other) => other === call).length;
  const welcome = members.filter(({ id }) => !isOfBlocked(id));
  return welcome
    .flatMap(({ status }) => status.call ?? [])
    .reduce<CallId | null>(
      (most, call) => (most === null || sizeOf(call) > sizeOf(most) ? call : most),
      null,
    );
}

/** Members of the active call without a peer. */
export function unconnectedMembers(state: State): readonly Member[] {
  const { call } = state;
  if (call.kind !== 'active') return [];
  return membersInCall(state, call.id).filter(
    (member) => !call.peers.some((peer) => leadsTo(peer, member)),
  );
}

function leadsTo(peer: Peer, { id, status: { session } }: Member): boolean {
  if (peer.member === id || peer.replacedBy === id) return true;
  return session !== null && peer.session === session;
}

/** Of those, the members to connect without a press: none with a claimed session. */
export function membersToConnect(state: State): readonly Member[] {
  const { call } = state;
  if (call.kind !== 'active') return [];
  return unconnectedMembers(state).filter(
    (member) => !isClaimant(state, member) && !isDeclinedFor(state.declines, member.id, call.id),
  );
}

/** The ringing calls whose caller is still in the room; a lost one may be back in time. */
export function reachableRings(state: State, rings: readonly Ring[]): readonly Ring[] {
  const members = membersWithCalls(state);
  return rings.filter((ring) => members.some((member) => member.id === ring.from));
}

/** Cameras that are on in a call. */
export function camerasIn(state: State, call: CallId): number {
  const cameras = membersWithCalls(state).filter(
    ({ status }) => status.call === call && status.camera,
  );
  return cameras.length;
}
