// The media path of a link: there, being looked for, lost and being mended.
//
// Invariant: a link that is open and not connected always has a timer that tries again; nothing
// here ends a link but its member being gone as well.

import { words } from './announce';
import { endLink } from './call';
import type { PeerFault } from './event';
import { callLink, closeLink, feed, linkOf, linkTimer, updateLink } from './link';
import { departedReason } from './room';
import { forgetSleep } from './sleep';
import type { Link, LinkId, MemberStatus } from './state';
import { activeCall, clearTimer, emit, memberOf, say, setTimer, type Turn } from './turn';

const DISCONNECTED_MS = 4_000;
const RESTART_MS = 10_000;
/** The polite end tries too, should the impolite one not. */
const POLITE_FIRST_MS = 8_000;
/** So many restarts without a path, and the connection itself is made anew. */
const RESTARTS_BEFORE_ANEW = 3;

export function handleConnection(turn: Turn, id: LinkId, state: RTCPeerConnectionState): void {
  const link = linkOf(turn, id);
  if (link === null) return;
  switch (state) {
    case 'connected':
      return connected(turn, link);
    case 'disconnected':
      if (link.path === 'connected') setTimer(turn, linkTimer('path', id), DISCONNECTED_MS);
      return;
    case 'failed':
      return degrade(turn, link);
    case 'new':
    case 'connecting':
    case 'closed':
      return;
  }
}

/** It was disconnected and has not come back by itself. */
export function handlePathTimer(turn: Turn, id: LinkId): void {
  const link = linkOf(turn, id);
  if (link?.path === 'connected') degrade(turn, link);
}

/** The path is still not there: once more. */
export function handleRestartTimer(turn: Turn, id: LinkId): void {
  const link = linkOf(turn, id);
  if (link === null || link.path === 'connected' || link.phase !== 'open') return;
  const departed = departedStatus(turn, link);
  if (departed !== null) {
    return endLink(turn, id, { reason: departedReason(link, departed), tell: 'lost' });
  }
  if (isWorthAnew(turn, link)) return connectAnew(turn, link);
  restart(turn, link);
}

/** The member's status, if it says by now that this is not its call: what we answered was stale. */
function departedStatus(turn: Turn, link: Link): MemberStatus | null {
  const status = memberOf(turn, link.member)?.status;
  // Who gives no session may well give no status.
  if (status === undefined || status.session === null) return null;
  return status.call === activeCall(turn)?.id ? null : status;
}

function connected(turn: Turn, link: Link): void {
  clearTimer(turn, linkTimer('path', link.id));
  clearTimer(turn, linkTimer('restart', link.id));
  if (link.path === 'connected') return;
  updateLink(turn, link.id, { path: 'connected', attempts: 0 });
  if (activeCall(turn)?.links.every(({ path }) => path === 'connected') === true) forgetSleep(turn);
  const { email } = link;
  say(
    turn,
    link.path === 'connecting' ? words.connected(email) : words.reconnected(email),
    'connected',
  );
}

function degrade(turn: Turn, link: Link): void {
  if (link.path === 'connected') {
    if (link.orphan) return endLink(turn, link.id, { reason: 'lost', tell: null });
    clearTimer(turn, linkTimer('path', link.id));
    updateLink(turn, link.id, { path: 'reconnecting' });
    say(turn, words.reconnecting(link.email), 'reconnecting');
  } else if (link.attempts > 0 || link.phase !== 'open') {
    // The timer of the attempt under way goes on from here.
    return;
  }
  if (link.negotiation.polite) setTimer(turn, linkTimer('restart', link.id), POLITE_FIRST_MS);
  else restart(turn, link);
}

function restart(turn: Turn, link: Link): void {
  updateLink(turn, link.id, { attempts: link.attempts + 1 });
  setTimer(turn, linkTimer('restart', link.id), RESTART_MS);
  if (!link.orphan) emit(turn, { type: 'peer-restart-ice', link: link.id });
}

function isWorthAnew(turn: Turn, { attempts, orphan, negotiation }: Link): boolean {
  const isReachable = !orphan && turn.state.signaling.kind === 'connected';
  return isReachable && !negotiation.polite && attempts >= RESTARTS_BEFORE_ANEW;
}

/** A fresh connection in the same call, which the other end accepts in place of the old one. */
export function connectAnew(turn: Turn, link: Link): void {
  const member = memberOf(turn, link.member);
  if (member === null) return;
  closeLink(turn, link.id);
  callLink(turn, member, 'repair', link.path === 'connecting' ? 'connecting' : 'reconnecting');
}

/**
 * An operation on the connection failed: made anew once it was open, given up before. Not where the
 * other's description was at fault: the next one would be like it.
 */
export function handleBroken(turn: Turn, id: LinkId, fault: PeerFault): void {
  const link = linkOf(turn, id);
  if (link === null) return;
  if (fault === 'description') {
    return endLink(turn, id, { reason: 'unusable', tell: 'unusable' });
  }
  const canRetry = link.phase === 'open' && !link.orphan && memberOf(turn, link.member) !== null;
  if (canRetry && link.path !== 'connecting') return connectAnew(turn, link);
  endLink(turn, id, { reason: 'failed', tell: 'failed' });
}

/** Our unanswered offer may be lost. */
export function repeatOffer(turn: Turn, id: LinkId): void {
  feed(turn, id, { type: 'repeat' });
}
