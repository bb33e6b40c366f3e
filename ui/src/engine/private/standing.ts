// Where this page stands, and what its person is told of it.
//
// Invariant: a page is outside if a member that was there before it has said so, whose status does not
// open, and none of those that were there before it is shown. It stays so until it gets the secret, or
// none of those is there any more.

import type { EntryEvent } from '../entry/events';
import type { MemberId } from '../../protocol/wire';
import { keptEntry, presentEpoch } from './entry';
import { isUnread } from './hear-status';
import { memberAt, type KnownMember, type SealedRoom } from './sealed-room';

/** `before` is the room as the person was told of it. */
export function standing(
  before: SealedRoom,
  after: SealedRoom,
): { readonly room: SealedRoom; readonly told: readonly EntryEvent[] } {
  const own = isOutside(after) ? 'outside' : 'inside';
  const room: SealedRoom = { ...after, own, others: othersOf(after) };
  const told: EntryEvent[] = [];
  const epoch = presentEpoch(room);
  // After a reload the epoch is there from the beginning.
  const isEntered = before.self === null && room.self !== null;
  const isNewEpoch = epoch !== null && (isEntered || epoch !== presentEpoch(before));
  if (own !== before.own) told.push({ type: 'entry-own', own });
  const { others } = room;
  if (others !== before.others) told.push({ type: 'entry-others', others });
  if (isNewEpoch || before.insiders !== room.insiders) {
    const kept = keptEntry(room);
    if (kept !== null) told.push({ type: 'entry-kept', epoch: kept });
  }
  if (isNewEpoch) {
    const was = presentEpoch(before)?.entry ?? 'open';
    const isNews = was !== epoch.entry && before.own === 'inside' && isWithOthers(before);
    told.push({ type: 'entry-changed', entry: epoch.entry, as: isNews ? 'news' : 'known' });
  }
  return { room, told: [...told, ...asksBetween(before, room)] };
}

function isOutside({ epochs: [{ epoch }], own, lockedBy, members, present }: SealedRoom): boolean {
  if (epoch !== null) return false;
  // Whose status opens has no secret any more.
  if (![...lockedBy].some((id) => members.get(id)?.known === null)) return false;
  if (own === 'outside') return true;
  return ![...present].some((id) => {
    const known = members.get(id)?.known ?? null;
    return known !== null && known.status !== '';
  });
}

/** A newcomer gets the epoch of a room that was locked before. */
function isWithOthers({ members }: SealedRoom): boolean {
  return [...members.values()].some(({ known }) => known !== null);
}

function othersOf(room: SealedRoom): SealedRoom['others'] {
  if (presentEpoch(room) === null) return 'seen';
  const isUnseen = [...room.members.values()].some(
    (member) => member.known === null && member.asks === null && isUnread(room, member),
  );
  return isUnseen ? 'unseen' : 'seen';
}

function asksBetween(before: SealedRoom, after: SealedRoom): readonly EntryEvent[] {
  const ids = new Set<MemberId>([...before.members.keys(), ...after.members.keys()]);
  return [...ids].flatMap((id): readonly EntryEvent[] => {
    const [was, now] = [memberAt(before, id).asks, memberAt(after, id).asks];
    if (was?.id === now?.id) return [];
    return [
      ...(was === null ? [] : [{ type: 'entry-ask-over', member: was.id } as const]),
      ...(now === null ? [] : [asked(now)]),
    ];
  });
}

function asked({ id, email }: KnownMember): EntryEvent {
  return { type: 'entry-asked', member: id, email };
}
