// Links whose member is gone from the room by loss: they wait, and go on under a new id.
//
// Invariant: media goes from peer to peer, so the relay's trouble alone ends no link at once.

import { endLink } from './call';
import { feed, linkOf, linkTimer, sendHeldCandidates, updateLink } from './link';
import type { Link, LinkId, Member } from './state';
import { clearTimer, insideRoom, setTimer, type Turn } from './turn';

const ORPHAN_MS = 60_000;

export function orphan(turn: Turn, link: Link): void {
  if (link.orphan) return;
  updateLink(turn, link.id, { orphan: true });
  setTimer(turn, linkTimer('orphan', link.id), ORPHAN_MS);
}

export function handleOrphanTimer(turn: Turn, id: LinkId): void {
  if (linkOf(turn, id)?.orphan === true) endLink(turn, id, { reason: 'lost', tell: null });
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

/** Either end was away: what was said meanwhile may be lost. */
function resume(turn: Turn, id: LinkId): void {
  feed(turn, id, { type: 'repeat' });
  const kind = linkOf(turn, id)?.negotiation.operation?.kind;
  if (kind !== 'offer' && kind !== 'accept-offer') sendHeldCandidates(turn, id);
}
