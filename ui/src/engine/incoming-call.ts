// An offer of a call arrives: ring, accept without asking, or refuse. The rule for calls that cross.
//
// Invariant: of two members, the one with the smaller id gives way, so that of two calls that
// cross exactly one stands, whatever arrives first where.

import { words } from './announce';
import { addAsk } from './ask';
import type { CallMessage } from './call-wire';
import { endLink, startCall, yieldTo } from './call';
import { isSameConnection } from './connection-name';
import { isDeclinedHere, isPaused } from './declines';
import { fingerprintOf } from './description';
import { acceptLink, closeLink, feed } from './link';
import { isClaimant, linkToMember } from './members';
import { addRing, collectRing } from './ring';
import type { Link, Member, Ring, State } from './state';
import {
  insideRoom,
  memberOf,
  named,
  say,
  sayEnd,
  send,
  setCall,
  type ActiveCall,
  type Turn,
} from './turn';

type UserCall = Extract<CallMessage, { type: 'user:call' }>;

type Verdict =
  | 'ring'
  /** It rings already, or is being accepted. */
  | 'known'
  /** We are about to enter this very call. */
  | 'collect'
  /** Nothing of our own call has been sent yet: this one is taken instead. */
  | 'switch'
  /** This is the call that a reload took us out of. */
  | 'rejoin'
  /** Inside one call: a link that is missing, or that takes the place of the one there is. */
  | 'link'
  /** The same of somebody who may not be who he says: a press decides. */
  | 'ask'
  /** Its caller was declined a moment ago, or for this call. */
  | 'paused'
  /** The offer of a link that we have was said again. */
  | 'repeated'
  /** Our own call stands; the other end will give way. */
  | 'ignore'
  /** Theirs stands. */
  | 'yield'
  | 'busy'
  | 'decline'
  | 'cannot';

export function handleUserCall(turn: Turn, member: Member, message: UserCall): void {
  const { call, connection, offer, serial } = message;
  const { id: from, email } = member;
  const ring: Ring = { call, connection, from, email, offer, serial, candidates: [] };
  const link = linkToMember(turn, member);
  switch (judge(turn, link, ring)) {
    case 'ring':
      return addRing(turn, ring);
    case 'known':
    case 'ignore':
      return;
    case 'collect':
      return collectRing(turn, ring);
    case 'switch':
      return startCall(turn, call, { kind: 'accept', rings: [ring] });
    case 'rejoin':
      return startCall(turn, call, { kind: 'join', by: 'rule', rings: [ring] });
    case 'link': {
      const hadPath = link !== null && link.path !== 'connecting';
      if (link !== null) closeLink(turn, link.id);
      return acceptLink(turn, ring, member.status.session, hadPath ? 'reconnecting' : 'connecting');
    }
    case 'ask':
      return addAsk(turn, ring);
    case 'paused':
      return pause(turn, ring);
    case 'repeated':
      if (link !== null) feed(turn, link.id, { type: 'remote-offer', offer, serial, via: 'call' });
      return;
    case 'yield':
      return yieldTo(turn, ring);
    case 'busy':
      return send(turn, from, { type: 'call:declined', call, connection, reason: 'busy' });
    case 'decline':
      return send(turn, from, { type: 'call:declined', call, connection, reason: 'declined' });
    case 'cannot':
      return refuse(turn, ring);
  }
}

function judge(turn: Turn, link: Link | null, ring: Ring): Verdict {
  const { state } = turn;
  const { call } = state;
  if (!state.canCall) return 'cannot';
  if (isStale(turn, ring)) return 'ignore';
  // Its connection is closed here, and an answer of another one would fit nothing.
  if (ring.connection !== null && state.finished.includes(ring.connection)) return 'decline';
  switch (call.kind) {
    case 'none':
      if (insideRoom(turn)?.visit.rejoin === ring.call) return ifItself(turn, ring, 'rejoin');
      return judgeRing(turn, ring);
    case 'incoming':
      return isKnown(call.rings, ring) ? 'known' : judgeRing(turn, ring);
    case 'starting':
      if (call.id === ring.call) {
        const isThere = call.start.kind !== 'call' && isKnown(call.start.rings, ring);
        return isThere ? 'known' : ifItself(turn, ring, 'collect');
      }
      if (isFinished(state, ring)) return 'decline';
      return call.start.kind === 'call' ? 'switch' : 'busy';
    case 'active':
      return call.id === ring.call
        ? judgeInside(turn, link, ring)
        : judgeCrossing(turn, call, link, ring);
  }
}

function judgeRing(turn: Turn, ring: Ring): Verdict {
  if (isFinished(turn.state, ring)) return 'decline';
  return isPaused(turn, ring.from) ? 'paused' : 'ring';
}

/** What is done without a press, unless its caller claims to be another; it is said again later. */
function ifItself(turn: Turn, ring: Ring, verdict: 'rejoin' | 'collect'): Verdict {
  const member = memberOf(turn, ring.from);
  return member === null || isClaimant(turn.state, member) ? 'ignore' : verdict;
}

/** A call of somebody who says the same call as we. */
function judgeInside(turn: Turn, link: Link | null, ring: Ring): Verdict {
  if (link === null) return judgeNewcomer(turn, ring);
  const isRepeated = ring.connection !== null && isSameConnection(link.connection, ring.connection);
  if (isRepeated) return isOfItsEnd(link, ring) ? 'repeated' : 'ignore';
  return link.phase === 'calling' && !isPolite(turn, ring) ? 'ignore' : 'link';
}

/** Whether an offer that is said again is of the page that the link leads to. */
function isOfItsEnd({ phase, fingerprints: { remote } }: Link, { offer }: Ring): boolean {
  return phase !== 'calling' && (remote === null || remote === fingerprintOf(offer.sdp));
}

function judgeNewcomer(turn: Turn, ring: Ring): Verdict {
  const { state } = turn;
  const member = memberOf(turn, ring.from);
  if (member === null) return 'ignore';
  if (isDeclinedHere(turn, ring.from, ring.call)) return 'paused';
  if (!isClaimant(state, member)) return 'link';
  return isKnown(state.asking, ring) ? 'known' : 'ask';
}

/** A call of another name than ours. */
function judgeCrossing(turn: Turn, call: ActiveCall, link: Link | null, ring: Ring): Verdict {
  // Whoever calls another call has left ours, however little we heard of it.
  if (link !== null && link.phase !== 'calling') {
    endLink(turn, link.id, { reason: 'moved', tell: null });
    return judge(turn, null, ring);
  }
  const isAnswered = call.links.some(({ phase }) => phase !== 'calling');
  if (link === null || isAnswered || isFinished(turn.state, ring)) return 'busy';
  return isPolite(turn, ring) ? 'yield' : 'ignore';
}

function isPolite(turn: Turn, { from }: Ring): boolean {
  const self = insideRoom(turn)?.self;
  return self !== undefined && self < from;
}

/** Whoever calls has said before that he is in that call; who gives no session may give no status. */
function isStale(turn: Turn, ring: Ring): boolean {
  const status = memberOf(turn, ring.from)?.status;
  return status !== undefined && status.session !== null && status.call !== ring.call;
}

function isFinished({ finished }: State, ring: Ring): boolean {
  return finished.includes(ring.call);
}

function isKnown(rings: readonly Ring[], { from, call, connection }: Ring): boolean {
  return rings.some(
    (ring) => ring.from === from && ring.call === call && ring.connection === connection,
  );
}

/** Declined anew without a sound; that somebody tried is seen. */
function pause(turn: Turn, { from, call, connection, email }: Ring): void {
  send(turn, from, { type: 'call:declined', call, connection, reason: 'declined-before' });
  if (turn.state.call.kind !== 'none') return;
  const ended = { reason: 'missed', email } as const;
  setCall(turn, { kind: 'none', ended });
  sayEnd(turn, ended, 'call', null);
}

function refuse(turn: Turn, { from, call, connection, email }: Ring): void {
  send(turn, from, { type: 'call:declined', call, connection, reason: 'declined' });
  const message = named(turn, words.cannotCall(email));
  turn.state = { ...turn.state, problem: { field: 'general', message } };
  say(turn, message, null);
}
