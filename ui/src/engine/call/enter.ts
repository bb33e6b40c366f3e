// The ways into a call: begun, joined, accepted, or gone over to.
//
// Invariant: an active call has at least one peer. If an unanswered call gives way to another one,
// the people that it rang are rung from the other one.

import type { CallId } from '../ids';
import { acceptPeer, callPeer } from '../peer/commands';
import type { MemberId } from '../../protocol/wire';
import { forgetRejoin } from '../room/commands';
import type { CallScope, Member } from '../room/state';
import { activeCall, memberOf, say, setCall, unfinish, type StepContext } from '../step-context';
import { isMeeting, takesUs } from './crossing';
import { dropPeers, endCall, refuseBusy } from './end';
import { pass } from './follow';
import {
  callableMembers,
  membersToConnect,
  namedCall,
  runningCall,
  unconnectedMembers,
  welcomeMembers,
} from './members';
import type { Called, Ring } from './state';

/** Calls these members, unless they, or a ring that arrived meanwhile, have a call already. */
export function beginCall(
  context: StepContext,
  id: CallId,
  to: Called,
  rings: readonly Ring[],
): void {
  const members =
    to === 'everybody'
      ? welcomeMembers(context.state)
      : callableMembers(context.state).filter((each) => to.includes(each.id));
  const scope: CallScope = to === 'everybody' ? 'everybody' : 'some';
  const isMeant = ({ from }: Ring): boolean => members.some((member) => member.id === from);
  // They may have started a call during the capture.
  const running = to === 'everybody' ? runningCall(context.state) : callOf(members);
  const theirs = running ?? rings.find(isMeant)?.call ?? null;
  const ours = theirs === null ? { id, scope } : namedCall(context.state, theirs);
  const taking = isMeeting(context.state, ours.id)
    ? undefined
    : rings.find((ring) => takesUs(context, ours, ring, false));
  const next = taking?.call ?? theirs;
  for (const ring of rings) if (ring.call !== next) refuseBusy(context, ring);
  if (next === null) return ringMembers(context, id, scope, members);
  const accepted = rings.filter(({ call }) => call === next);
  enterCall(context, next, accepted, 'press');
  if (taking !== undefined) ringFromThere(context, taking, idsOf(members));
}

function ringMembers(
  context: StepContext,
  id: CallId,
  scope: CallScope,
  members: readonly Member[],
): void {
  if (members.length === 0) return endCall(context, { reason: 'over', email: '' });
  setCall(context, { kind: 'active', id, scope, peers: [] });
  forgetRejoin(context);
  for (const member of members) callPeer(context, member, 'ring');
  say(context, { code: 'calling', emails: members.map(({ email }) => email) }, null);
}

function callOf(members: readonly Member[]): CallId | null {
  return members.find(({ status }) => status.call !== null)?.status.call ?? null;
}

/**
 * Accepts the ringing members, calls the other members of the call. After a rejoin without a press,
 * a member with a claimed session has to request admission.
 */
export function enterCall(
  context: StepContext,
  id: CallId,
  rings: readonly Ring[],
  by: 'press' | 'rule',
): void {
  unfinish(context, id);
  setCall(context, { kind: 'active', ...namedCall(context.state, id), peers: [] });
  forgetRejoin(context);
  for (const ring of rings) {
    acceptPeer(context, ring, memberOf(context, ring.from)?.status.session ?? null, 'connecting');
  }
  const members =
    by === 'press' ? unconnectedMembers(context.state) : membersToConnect(context.state);
  for (const member of members) callPeer(context, member, 'join');
  if (activeCall(context)?.peers.length === 0) endCall(context, { reason: 'over', email: '' });
}

/** Our unanswered call gives way to the call of a ring, without asking. */
export function yieldTo(context: StepContext, ring: Ring): void {
  const rung = activeCall(context)?.peers.map(({ member }) => member) ?? [];
  goOver(context, ring.call, [ring]);
  ringFromThere(context, ring, rung);
}

/** From our call to another one; the others of ours hear that we have moved. */
export function goOver(context: StepContext, next: CallId, rings: readonly Ring[]): void {
  const call = activeCall(context);
  if (call === null) return;
  dropPeers(context, 'moved');
  pass(context, call.id);
  enterCall(context, next, rings, 'rule');
}

/** Rings these members, without those that the other caller rings. */
function ringFromThere(
  context: StepContext,
  { call, called }: Ring,
  ids: readonly MemberId[],
): void {
  for (const member of callableMembers(context.state)) {
    const isRung = called?.includes(member.id) === true || member.status.call === call;
    const hasPeer = activeCall(context)?.peers.some((peer) => peer.member === member.id) === true;
    if (ids.includes(member.id) && !isRung && !hasPeer) callPeer(context, member, 'ring');
  }
}

function idsOf(members: readonly Pick<Member, 'id'>[]): readonly MemberId[] {
  return members.map(({ id }) => id);
}
