// Members who want to come into the active call and say to be somebody who is in it, or in the room
// already: they wait for a press, like a ring.
//
// Invariant: whoever is let in comes in as the member that the relay knows. No connection that is
// there gives way for it.

import { words } from './announce';
import { rememberDecline } from './declines';
import { acceptLink, closeLink } from './link';
import { MISSED_MS, missedTimer } from './missed-timer';
import type { Ring } from './state';
import { activeCall, clearTimer, memberOf, say, send, setTimer, type Turn } from './turn';

const LONGEST_ASKS = 8;

export function isAsking({ state: { call, asking } }: Turn): boolean {
  return call.kind === 'active' && asking.length > 0;
}

export function addAsk(turn: Turn, ring: Ring): void {
  const { asking } = turn.state;
  const others = asking.filter(({ from }) => from !== ring.from);
  if (others.length >= LONGEST_ASKS) return answer(turn, ring, 'busy');
  setAsks(turn, [...others, ring]);
  setTimer(turn, missedTimer(ring.from), MISSED_MS);
  if (others.length === asking.length) say(turn, words.asking(ring.email), 'joined');
}

export function acceptAsk(turn: Turn): void {
  const [ring] = turn.state.asking;
  const call = activeCall(turn);
  if (ring === undefined || call === null) return;
  remove(turn, ring);
  const member = memberOf(turn, ring.from);
  if (member === null) return;
  const { session } = member.status;
  for (const link of call.links) {
    // A connection that is down is the one that this member comes back from.
    const isDown = link.session === session && link.path !== 'connected';
    if (link.member === ring.from || isDown) closeLink(turn, link.id);
  }
  acceptLink(turn, ring, session, 'connecting');
}

export function declineAsk(turn: Turn): void {
  const [ring] = turn.state.asking;
  if (ring === undefined) return;
  remove(turn, ring);
  answer(turn, ring, 'declined');
  rememberDecline(turn, ring.from, ring.call);
}

/** Those who asked for a call that is not on any more. */
export function dropAsks(turn: Turn): void {
  const id = activeCall(turn)?.id ?? null;
  for (const ring of turn.state.asking) {
    if (ring.call === id) continue;
    remove(turn, ring);
    answer(turn, ring, 'unanswered');
  }
}

/** Asks of those who are gone, or do not ask any more. */
export function removeAsks(turn: Turn, isGone: (ring: Ring) => boolean): void {
  for (const ring of turn.state.asking) if (isGone(ring)) remove(turn, ring);
}

export function setAsks(turn: Turn, asking: readonly Ring[]): void {
  turn.state = { ...turn.state, asking };
}

function remove(turn: Turn, ring: Ring): void {
  clearTimer(turn, missedTimer(ring.from));
  setAsks(
    turn,
    turn.state.asking.filter((each) => each !== ring),
  );
}

function answer(
  turn: Turn,
  { from, call, connection }: Ring,
  reason: 'declined' | 'busy' | 'unanswered',
): void {
  send(turn, from, { type: 'call:declined', call, connection, reason });
}
