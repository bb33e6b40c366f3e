// An offer of a call arrives: ring, accept without asking, or refuse. The rule for calls that cross.
//
// Invariant: of two members, the one with the smaller id gives way, so that of two calls that
// cross exactly one stands, whatever arrives first where.

import { words } from './announce';
import type { CallMessage } from './call-wire';
import { endLink, startCall, yieldTo } from './call';
import { isSameConnection } from './connection-name';
import { acceptLink, closeLink, feed } from './link';
import { linkToMember } from './members';
import { addRing, collectRing } from './ring';
import type { Link, Member, Ring, State } from './state';
import { insideRoom, memberOf, say, send, type ActiveCall, type Turn } from './turn';

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
      return startCall(turn, call, { kind: 'join', rings: [ring] });
    case 'link': {
      const hadPath = link !== null && link.path !== 'connecting';
      if (link !== null) closeLink(turn, link.id);
      return acceptLink(turn, ring, member.status.session, hadPath ? 'reconnecting' : 'connecting');
    }
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
      if (insideRoom(turn)?.visit.rejoin === ring.call) return 'rejoin';
      return isFinished(state, ring) ? 'decline' : 'ring';
    case 'incoming':
      if (isKnown(call.rings, ring)) return 'known';
      return isFinished(state, ring) ? 'decline' : 'ring';
    case 'starting':
      if (call.id === ring.call) {
        return call.start.kind !== 'call' && isKnown(call.start.rings, ring) ? 'known' : 'collect';
      }
      if (isFinished(state, ring)) return 'decline';
      return call.start.kind === 'call' ? 'switch' : 'busy';
    case 'active':
      return call.id === ring.call
        ? judgeInside(turn, link, ring)
        : judgeCrossing(turn, call, link, ring);
  }
}

/** A call of somebody who says the same call as we. */
function judgeInside(turn: Turn, link: Link | null, ring: Ring): Verdict {
  if (link === null) return 'link';
  const isRepeated = ring.connection !== null && isSameConnection(link.connection, ring.connection);
  if (link.member === ring.from && isRepeated) return 'repeated';
  const isGlare = link.phase === 'calling' && link.member === ring.from;
  return isGlare && !isPolite(turn, ring) ? 'ignore' : 'link';
}

/** A call of another name than ours. */
function judgeCrossing(turn: Turn, call: ActiveCall, link: Link | null, ring: Ring): Verdict {
  // Whoever calls another call has left ours, however little we heard of it.
  if (link !== null && link.phase !== 'calling') {
    endLink(turn, link.id, { reason: 'hung-up', tell: null });
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

function refuse(turn: Turn, { from, call, connection, email }: Ring): void {
  send(turn, from, { type: 'call:declined', call, connection, reason: 'declined' });
  const message = words.cannotCall(email);
  turn.state = { ...turn.state, problem: { field: 'general', message } };
  say(turn, message, null);
}
