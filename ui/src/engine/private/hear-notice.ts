// A notice of another member: about who is inside.
//
// Invariant: somebody inside believes only those that are inside with it. Before the first epoch, and
// from outside, all that hold the link are believed: nobody else is known.

import type { EntryEvent } from '../entry/events';
import type { ClientMessage, MemberId } from '../../protocol/wire';
import { handOver, presentEpoch, takeEpoch, type Said } from './entry';
import { standsOver } from './epoch';
import { hearGreeting, hearStatus, memberWith } from './hear-status';
import { readIntroduction } from './introduction';
import { NOTICE_TYPE, readNotice, type Notice, type SealedNotice } from './notice';
import { openPayload } from './payload-box';
import { sessionOf } from './visit-keys';
import {
  count,
  hasRoomFor,
  memberAt,
  receivedKey,
  setReceived,
  type KnownMember,
  type SealedRoom,
} from './sealed-room';

interface Heard {
  readonly room: SealedRoom;
  readonly say?: readonly ClientMessage[];
  readonly told?: readonly EntryEvent[];
}

export function hearNotice(room: SealedRoom, from: MemberId, sealed: SealedNotice): Heard {
  const { self, keys } = room;
  if (self === null || keys.kind === 'open' || !room.members.has(from)) {
    return { room: count(room, 'unknown-sender') };
  }
  if (sealed.box === '') {
    const [next, say] = hearGreeting(room, from, sealed.introduction);
    return { room: next, say };
  }
  const introduced = readIntroduction(keys.room, sealed.introduction);
  if ('refused' in introduced) return { room: count(room, introduced.refused) };
  const { opened } = introduced;
  if (opened.id !== from) return { room: count(room, 'not-its-own') };
  const { known } = memberAt(room, from);
  const sender = memberWith(room, self, from, { ...opened, email: '', status: '' }, known);
  if (sender === null) return { room: count(room, 'unsigned') };
  const key = receivedKey(sender);
  if (!hasRoomFor(room.received, key)) return { room: count(room, 'too-many') };
  const envelope = { room: keys.room, type: NOTICE_TYPE, from, to: self } as const;
  const read = openPayload(sender.keys.receive, envelope, room.received.get(key) ?? 0, sealed.box);
  if ('refused' in read) return { room: count(room, read.refused) };
  const heard = setReceived(room, key, read.opened.counter);
  const notice = readNotice(read.opened.payload);
  if (notice === null) return { room: count(heard, 'malformed') };
  const isInside = known !== null && known.id === sender.id && known.status !== '';
  return believe(heard, from, notice, sender, isInside) ?? { room: count(heard, 'outside') };
}

/** Null if the sender has no say in it. */
function believe(
  room: SealedRoom,
  from: MemberId,
  notice: Notice,
  sender: KnownMember,
  isInside: boolean,
): Heard | null {
  const isNew = presentEpoch(room) === null;
  switch (notice.kind) {
    case 'epoch': {
      if (!isNew && !room.insiders.has(sessionOf(sender.signingKey))) return null;
      const [next, say] = takeEpoch(room, notice.epoch);
      const [reread, more] = rereadAll(next);
      const isOurs = standsOver(presentEpoch(reread) ?? notice.epoch, notice.epoch);
      const [answered, again] = isOurs ? handOver(reread, sender) : ([reread, []] as const);
      return { room: answered, say: [...say, ...more, ...again] };
    }
    case 'locked':
      if (!isNew || isInside || !room.present.has(from)) return null;
      return { room: { ...room, lockedBy: new Set([...room.lockedBy, from]) } };
    case 'turned-away':
      return room.own === 'outside' ? refusedAs(room, 'turned-away') : null;
    case 'removed':
      return isInside ? refusedAs(room, 'removed') : null;
  }
}

/** Statuses that did not open before. */
function rereadAll(room: SealedRoom): Said {
  return [...room.members].reduce<Said>(
    ([before, said], [id, { text }]) => {
      const [next, more] = hearStatus(before, id, text, 'snapshot');
      return [next, [...said, ...more]];
    },
    [room, []],
  );
}

function refusedAs(room: SealedRoom, as: 'turned-away' | 'removed'): Heard {
  return { room, told: [{ type: 'entry-refused', as }] };
}
