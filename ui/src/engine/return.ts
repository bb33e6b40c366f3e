// Links whose member is gone from the room by loss: they wait, and go on under a new id.
//
// Invariant: media goes from peer to peer, so the relay's trouble alone ends no link at once. A
// link goes on under a new id only with a member who has proven to hold its other end.

import { removeAsks } from './ask';
import { endLink } from './call';
import type { CallMessage } from './call-wire';
import { isSameConnection } from './connection-name';
import { closeLink, feed, linkOf, linkTimer, sendHeldCandidates, updateLink } from './link';
import { returnProof } from './return-proof';
import type { Link, LinkId, Member } from './state';
import { activeCall, clearTimer, insideRoom, send, setTimer, type Turn } from './turn';

const ORPHAN_MS = 60_000;
/** An unanswered call has no path that could outlive the relay's trouble. */
const ORPHAN_CALLING_MS = 10_000;

type Returned = Extract<CallMessage, { type: 'peer:returned' }>;

export function orphan(turn: Turn, link: Link): void {
  if (link.orphan) return;
  updateLink(turn, link.id, { orphan: true });
  const ms = link.phase === 'calling' ? ORPHAN_CALLING_MS : ORPHAN_MS;
  setTimer(turn, linkTimer('orphan', link.id), ms);
}

export function handleOrphanTimer(turn: Turn, id: LinkId): void {
  if (linkOf(turn, id)?.orphan === true) endLink(turn, id, { reason: 'lost', tell: null });
}

/** Says to those who may hold the other end of a link that we hold this one. */
export function proveLink(turn: Turn, link: Link): void {
  for (const member of insideRoom(turn)?.members ?? []) {
    if (member.id === link.member || isClaimedBy(link, member)) prove(turn, link, member);
  }
}

/** The same to one member who is new, or was away. */
export function proveLinksTo(turn: Turn, member: Member): void {
  for (const link of activeCall(turn)?.links ?? []) {
    if (link.member !== member.id && isClaimedBy(link, member)) prove(turn, link, member);
  }
}

export function handleReturned(turn: Turn, member: Member, message: Returned): void {
  const call = activeCall(turn);
  const self = insideRoom(turn)?.self;
  if (call === null || self === undefined || call.id !== message.call) return;
  const link = call.links.find(
    (each) =>
      isSameConnection(each.connection, message.connection) &&
      returnProof(call.id, each, member.id, self) === message.proof,
  );
  if (link === undefined) return;
  if (link.member !== member.id) {
    const isLinked = call.links.some((other) => other.member === member.id);
    if (isLinked) return closeLink(turn, link.id);
    takeUp(turn, link, member);
    removeAsks(turn, ({ from }) => from === member.id);
  }
  if (message.waits) prove(turn, link, member);
}

/** The link goes on with this member, perhaps under new ids at both ends. */
export function rekey(turn: Turn, link: Link, member: Member): void {
  const self = insideRoom(turn)?.self;
  if (self === undefined) return;
  clearTimer(turn, linkTimer('orphan', link.id));
  updateLink(turn, link.id, {
    member: member.id,
    email: member.email,
    session: member.status.session,
    orphan: false,
    negotiation: { ...link.negotiation, polite: self < member.id },
  });
  resume(turn, link.id);
}

function takeUp(turn: Turn, link: Link, member: Member): void {
  rekey(turn, link, member);
  if (link.phase === 'calling' || member.status.call === activeCall(turn)?.id) return;
  endLink(turn, link.id, { reason: 'hung-up', tell: null, follow: 'follow' });
}

/** Whether a member says to be the one at the other end. Anybody can say so. */
function isClaimedBy({ session }: Link, { status }: Member): boolean {
  return session !== null && status.session === session;
}

function prove(turn: Turn, { id }: Link, member: Member): void {
  const link = linkOf(turn, id);
  const call = activeCall(turn);
  const self = insideRoom(turn)?.self;
  if (link === null || call === null || self === undefined) return;
  const proof = returnProof(call.id, link, self, member.id);
  if (proof === null || link.connection === null) return;
  const waits = link.member !== member.id;
  const { connection } = link;
  send(turn, member.id, { type: 'peer:returned', call: call.id, connection, proof, waits });
}

/** Either end was away: what was said meanwhile may be lost. */
function resume(turn: Turn, id: LinkId): void {
  feed(turn, id, { type: 'repeat' });
  const kind = linkOf(turn, id)?.negotiation.operation?.kind;
  if (kind !== 'offer' && kind !== 'accept-offer') sendHeldCandidates(turn, id);
}
