// Incoming offers: ring, accept automatically, or refuse.
//
// Invariant: what becomes of an offer depends on the state alone, in any order of arrival. Of two
// calls whose rings meet, one stands for both ends (crossing.ts).

import { callAbility } from '../address/queries';
import { isBlocked } from '../blocking/queries';
import { acceptPeer, applyNegotiation, closePeer } from '../peer/commands';
import { peerToMember, replacedPeer } from '../peer/queries';
import type { Peer } from '../peer/state';
import type { Member } from '../room/state';
import type { State } from '../state';
import {
  insideRoom,
  memberOf,
  say,
  sayEnd,
  send,
  setCall,
  type StepContext,
} from '../step-context';
import type { CallMessage } from '../wire/call-message';
import { isSameConnection } from '../wire/connection-name';
import { fingerprintOf } from '../wire/description';
import { addAdmission } from './admission';
import { isForUs, judgeCrossing, type CrossingVerdict } from './crossing';
import { isDeclinedHere, isPaused } from './declines';
import { refuseBusy } from './end';
import { endPeer } from './end-peer';
import { yieldTo } from './enter';
import { isClaimant } from './members';
import { addRing, collectRing } from './ring';
import { startCall } from './start';
import type { Ring } from './state';

type UserCall = Extract<CallMessage, { type: 'user:call' }>;

type Verdict =
  | CrossingVerdict
  | 'ring'
  /** The call rings already, or is being accepted. */
  | 'known'
  /** We are joining this call; or ours has sent nothing yet, and begins or joins this one. */
  | 'collect'
  /** The call before our reload. */
  | 'rejoin'
  /** Same call: a missing peer, or a replacement of the current peer. */
  | 'peer'
  /** Same call, unproven session: the person decides. */
  | 'ask'
  /** A repeated offer of an existing peer. */
  | 'repeated'
  | 'decline'
  | 'cannot';

export function handleUserCall(context: StepContext, member: Member, message: UserCall): void {
  const { call, connection, offer, serial, called, kind } = message;
  const { id: from, email } = member;
  const of = { call, connection, offer, serial, called, kind };
  const ring: Ring = { ...of, from, email, candidates: [] };
  const peer = peerToMember(context, member) ?? replacedPeer(context, from);
  switch (judge(context, peer, ring)) {
    case 'ring':
      return addRing(context, ring);
    case 'known':
    case 'ignore':
      return;
    case 'collect':
      return collectRing(context, ring);
    case 'rejoin':
      return startCall(context, call, { kind: 'join', by: 'rule', rings: [ring] });
    case 'peer': {
      const hadPath = peer !== null && peer.path !== 'connecting';
      if (peer !== null) closePeer(context, peer.id);
      return acceptPeer(
        context,
        ring,
        member.status.session,
        hadPath ? 'reconnecting' : 'connecting',
      );
    }
    case 'ask':
      return addAdmission(context, ring);
    case 'paused':
      return pause(context, ring);
    case 'repeated':
      if (peer !== null)
        applyNegotiation(context, peer.id, { type: 'remote-offer', offer, serial, via: 'call' });
      return;
    case 'yield':
      return yieldTo(context, ring);
    case 'busy':
      return refuseBusy(context, ring);
    case 'decline':
      return send(context, from, { type: 'call:declined', call, connection, reason: 'declined' });
    case 'cannot':
      return refuse(context, ring);
  }
}

function judge(context: StepContext, peer: Peer | null, ring: Ring): Verdict {
  const { state } = context;
  const { call } = state;
  if (callAbility(state) !== 'can-call') return 'cannot';
  if (isStale(context, ring)) return 'ignore';
  // Its connection is closed here; the answer of another connection would not match.
  if (ring.connection !== null && state.finished.includes(ring.connection)) return 'decline';
  switch (call.kind) {
    case 'none':
      if (insideRoom(context)?.roomSession.rejoin?.id === ring.call)
        return ifItself(context, ring, 'rejoin');
      return judgeRing(context, ring);
    case 'incoming':
      return isKnown(call.rings, ring) ? 'known' : judgeRing(context, ring);
    case 'starting':
      if (isKnown(call.start.rings, ring)) return 'known';
      if (call.id === ring.call) return ifItself(context, ring, 'collect');
      if (isFinished(state, ring)) return 'decline';
      if (isBlocked(state, ring.from)) return 'ignore';
      return call.start.kind === 'call' && isForUs(context, ring) ? 'collect' : 'busy';
    case 'active':
      if (call.id === ring.call) return judgeInside(context, peer, ring);
      // A member that calls with another id has left our call.
      if (peer !== null && peer.phase !== 'calling') {
        endPeer(context, peer.id, { reason: 'moved', tell: null });
        return judge(context, null, ring);
      }
      if (isFinished(state, ring)) return 'busy';
      return isBlocked(state, ring.from) ? 'ignore' : judgeCrossing(context, call, peer, ring);
  }
}

function judgeRing(context: StepContext, ring: Ring): Verdict {
  // It joins or repairs a call that this person is not in: its sender is about to learn that.
  if (!isForUs(context, ring) || isBlocked(context.state, ring.from)) return 'ignore';
  if (isFinished(context.state, ring)) return 'decline';
  return isPaused(context, ring.from) ? 'paused' : 'ring';
}

/** Actions without a press, unless the caller claims a session; the caller repeats its offer. */
function ifItself(context: StepContext, ring: Ring, verdict: 'rejoin' | 'collect'): Verdict {
  const member = memberOf(context, ring.from);
  return member === null || isClaimant(context.state, member) ? 'ignore' : verdict;
}

/** An offer with the id of our call. */
function judgeInside(context: StepContext, peer: Peer | null, ring: Ring): Verdict {
  if (peer === null) return judgeNewcomer(context, ring);
  // A new page of a device that the relay knows.
  if (peer.replacedBy === ring.from) return 'peer';
  const isRepeated = ring.connection !== null && isSameConnection(peer.connection, ring.connection);
  if (isRepeated) return isOfItsEnd(peer, ring) ? 'repeated' : 'ignore';
  return peer.phase === 'calling' && !isPolite(context, ring) ? 'ignore' : 'peer';
}

/** Whether a repeated offer comes from the page of the existing peer. */
function isOfItsEnd({ phase, fingerprints: { remote } }: Peer, { offer }: Ring): boolean {
  return phase !== 'calling' && (remote === null || remote === fingerprintOf(offer.sdp));
}

function judgeNewcomer(context: StepContext, ring: Ring): Verdict {
  const { state } = context;
  const member = memberOf(context, ring.from);
  if (member === null) return 'ignore';
  if (isDeclinedHere(context, ring.from, ring.call)) return 'paused';
  if (!isClaimant(state, member)) return 'peer';
  if (isBlocked(state, ring.from)) return 'ignore';
  return isKnown(state.admissions, ring) ? 'known' : 'ask';
}

function isPolite(context: StepContext, { from }: Ring): boolean {
  const self = insideRoom(context)?.self;
  return self !== undefined && self < from;
}

/** A caller announces the call in its status; a client without a session may send no status. */
function isStale(context: StepContext, ring: Ring): boolean {
  const status = memberOf(context, ring.from)?.status;
  return status !== undefined && status.session !== null && status.call !== ring.call;
}

/** A person may ring again in a call that was finished here; its connection is a new one. */
function isFinished({ finished }: State, { call, called }: Ring): boolean {
  return (called === null || called.length === 0) && finished.includes(call);
}

function isKnown(rings: readonly Ring[], { from, call, connection }: Ring): boolean {
  return rings.some(
    (ring) => ring.from === from && ring.call === call && ring.connection === connection,
  );
}

/** Declines again without a sound; the attempt is shown. */
function pause(context: StepContext, { from, call, connection, email }: Ring): void {
  send(context, from, { type: 'call:declined', call, connection, reason: 'declined-before' });
  const { call: now } = context.state;
  if (now.kind !== 'none') return;
  const ended = { reason: 'missed', email } as const;
  if (now.ended?.reason === 'missed' && now.ended.email === email) return;
  setCall(context, { kind: 'none', ended });
  sayEnd(context, ended, 'call', null);
}

function refuse(context: StepContext, { from, call, connection, email }: Ring): void {
  send(context, from, { type: 'call:declined', call, connection, reason: 'declined' });
  const isHidden = callAbility(context.state) === 'no-turn';
  const reason = { code: isHidden ? 'call-needs-turn' : 'cannot-call', email } as const;
  context.state = { ...context.state, problem: { field: 'general', reason } };
  say(context, reason, null);
}
