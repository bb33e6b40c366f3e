// The raised hands in the order of raising.
//
// Invariant: all who know the same hands give the same order. It has no clock of a wall: a hand
// that was raised after another was seen is behind it, and hands raised at the same time are in the
// order of their sessions.

import { isBlocked } from '../blocking/queries';
import type { MemberId } from '../../protocol/wire';
import type { SessionId } from '../ids';
import type { State } from '../state';
import type { Hand } from './state';

interface Holder {
  readonly id: MemberId;
  readonly session: SessionId | null;
  readonly hand: Hand;
}

/** Of the members of the room and of this person, who has the own id. */
export function raisedHands(state: State): readonly MemberId[] {
  return holders(state)
    .filter(({ hand }) => hand.position === 'raised')
    .toSorted(compare)
    .map(({ id }) => id);
}

/** The same for the screen: nobody stands at the turn of a blocked member. */
export function shownHands(state: State): readonly (MemberId | null)[] {
  return raisedHands(state).map((id) => (isBlocked(state, id) ? null : id));
}

/** The number of a turn, from 1; null without a raised hand. */
export function turnOf(hands: readonly (MemberId | null)[], id: MemberId): number | null {
  const index = hands.indexOf(id);
  return index < 0 ? null : index + 1;
}

function holders({ room, call, hands }: State): readonly Holder[] {
  if (room.kind !== 'inside') return [];
  const own = { id: room.self, session: room.roomSession.session, hand: hands.own };
  const members = room.members.flatMap(({ id, status }) => holder(hands.members[id], id, status));
  // A detached peer has no member until it returns, under another id.
  const detached = (call.kind === 'active' ? call.peers : [])
    .filter(({ member }) => room.members.every(({ id }) => id !== member))
    .filter(({ session }) => members.every((other) => other.session !== session))
    .flatMap((peer) => holder(hands.members[peer.member], peer.member, peer));
  return [own, ...members, ...detached];
}

function holder(
  hand: Hand | undefined,
  id: MemberId,
  { session }: { readonly session: SessionId | null },
): readonly Holder[] {
  return hand === undefined ? [] : [{ id, session, hand }];
}

function compare(a: Holder, b: Holder): number {
  return (
    a.hand.at - b.hand.at ||
    compareText(a.session ?? '', b.session ?? '') ||
    compareText(a.id, b.id)
  );
}

/** By code units: the same in every language. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
