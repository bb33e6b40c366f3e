// Admission requests: members who claim a session that is already in the call or the room.
//
// Invariant: an admission request waits for the person to accept it. The accepted member joins
// under its own member id, and replaces no connected peer.

import { acceptPeer, closePeer } from '../peer/commands';
import {
  activeCall,
  clearTimer,
  memberOf,
  say,
  send,
  setTimer,
  type StepContext,
} from '../step-context';
import { rememberDecline } from './declines';
import { MISSED_TIMEOUT_MS } from './missed-timeout';
import type { Ring } from './state';

const MAX_ADMISSION_REQUESTS = 8;

export function hasAdmissionRequest({ state: { call, admissions } }: StepContext): boolean {
  return call.kind === 'active' && admissions.length > 0;
}

export function addAdmission(context: StepContext, ring: Ring): void {
  const { admissions } = context.state;
  const others = admissions.filter(({ from }) => from !== ring.from);
  if (others.length >= MAX_ADMISSION_REQUESTS) return answer(context, ring, 'busy');
  setAdmissions(context, [...others, ring]);
  setTimer(context, { kind: 'missed', member: ring.from }, MISSED_TIMEOUT_MS);
  if (others.length === admissions.length)
    say(context, { code: 'asking', email: ring.email }, 'joined');
}

export function acceptAdmission(context: StepContext): void {
  const [ring] = context.state.admissions;
  const call = activeCall(context);
  if (ring === undefined || call === null) return;
  remove(context, ring);
  const member = memberOf(context, ring.from);
  if (member === null) return;
  const { session } = member.status;
  for (const peer of call.peers) {
    // A peer that is not connected may be this member before a reload.
    const isDown = peer.session === session && peer.path !== 'connected';
    if (peer.member === ring.from || isDown) closePeer(context, peer.id);
  }
  acceptPeer(context, ring, session, 'connecting');
}

export function declineAdmission(context: StepContext): void {
  const [ring] = context.state.admissions;
  if (ring === undefined) return;
  remove(context, ring);
  answer(context, ring, 'declined');
  rememberDecline(context, ring.from, ring.call);
}

/** Refuses the admission requests for a call that has ended. */
export function refuseStaleAdmissions(context: StepContext): void {
  const id = activeCall(context)?.id ?? null;
  for (const ring of context.state.admissions) {
    if (ring.call === id) continue;
    remove(context, ring);
    answer(context, ring, 'unanswered');
  }
}

/** Removes admission requests whose member left or gave up. */
export function removeAdmissions(context: StepContext, isGone: (ring: Ring) => boolean): void {
  for (const ring of context.state.admissions) if (isGone(ring)) remove(context, ring);
}

export function setAdmissions(context: StepContext, admissions: readonly Ring[]): void {
  context.state = { ...context.state, admissions };
}

function remove(context: StepContext, ring: Ring): void {
  clearTimer(context, { kind: 'missed', member: ring.from });
  setAdmissions(
    context,
    context.state.admissions.filter((each) => each !== ring),
  );
}

function answer(
  context: StepContext,
  { from, call, connection }: Ring,
  reason: 'declined' | 'busy' | 'unanswered',
): void {
  send(context, from, { type: 'call:declined', call, connection, reason });
}
