// In: what the relay delivers, opened for the engine.
//
// Invariant: the engine hears of a member once its status opens and it is inside, and nothing of it that
// does not open. What is dropped is counted. Order is kept.

import { isDelivered } from '../wire/call-message';
import type { EntryEvent } from '../entry/events';
import type {
  ClientMessage,
  Delivered,
  DeliveredKind,
  DirectedKind,
  MemberId,
  Participant,
  RoomJoined,
  ServerMessage,
} from '../../protocol/wire';
import { hearNotice } from './hear-notice';
import { hearStatus } from './hear-status';
import { readSealedNotice } from './notice';
import { openPayload } from './payload-box';
import { sealOwnStatus } from './seal';
import {
  count,
  hasRoomFor,
  memberAt,
  receivedKey,
  setMember,
  setReceived,
  type KnownMember,
  type SealedMember,
  type SealedRoom,
} from './sealed-room';
import { sealedId } from './sealed-id';
import { sessionOf } from './visit-keys';
import { standing } from './standing';
import { isWellFormed } from './well-formed';
import { greet } from './greet';

export interface Outcome {
  /** For the engine, in this order. */
  readonly heard: readonly ServerMessage[];
  /** For the relay, before anything that the engine answers. */
  readonly say: readonly ClientMessage[];
  /** For the engine too, behind what it hears. */
  readonly told: readonly EntryEvent[];
}

/** The largest room of any relay. */
const MAX_MEMBERS = 64;

export type Step = readonly [SealedRoom, Outcome];

/** What one message makes of the room; what the engine hears of members follows from both rooms. */
interface Opened {
  readonly room: SealedRoom;
  /** Besides what is heard of members. */
  readonly heard?: readonly ServerMessage[];
  readonly say?: readonly ClientMessage[];
  readonly told?: readonly EntryEvent[];
}

/** `nonce` is random, for a status that is said again. */
export function open(before: SealedRoom, message: ServerMessage, nonce: Uint8Array): Step {
  if (!isWellFormed(message)) return [count(before, 'malformed'), NOTHING];
  return settle(before, openMessage(before, message), nonce);
}

/** What follows from a change: what the engine hears and is told, and a status that is said again. */
export function settle(before: SealedRoom, opened: Opened, nonce: Uint8Array): Step {
  const { room, told } = standing(before, opened.room);
  // Without its id, in another epoch or from outside, the status is shown to nobody.
  const isSaid =
    room.self === null ||
    (room.said.id === room.self &&
      room.said.epoch === room.epochs[0].epoch &&
      room.said.own === room.own);
  const [next, status] = isSaid
    ? ([room, null] as const)
    : sealOwnStatus(room, room.said.status, nonce);
  const said = status === null ? [] : [{ type: 'user:status', status } as const];
  const [greeted, greetings] = greet(next, nonce);
  const heard = opened.heard ?? [];
  // The answer to a join has all members.
  const isWhole = heard.some(({ type }) => type === 'room:joined');
  return [
    greeted,
    {
      heard: isWhole ? heard : [...changes(before, next), ...heard],
      say: [...(opened.say ?? []), ...said, ...greetings],
      told: [...(opened.told ?? []), ...told],
    },
  ];
}

const NOTHING: Outcome = { heard: [], say: [], told: [] };

function openMessage(room: SealedRoom, message: ServerMessage): Opened {
  if (isDelivered(message)) return openDelivered(room, message);
  switch (message.type) {
    case 'room:joined':
      return joined(room, message);
    case 'user:joined': {
      const { id, status, lost } = message.user;
      if (room.members.size >= MAX_MEMBERS && !room.members.has(id)) {
        return { room: count(room, 'too-many') };
      }
      const member = { ...memberAt(room, id), lost: lost === true };
      return hear(setMember(room, id, member), id, status, 'snapshot');
    }
    case 'user:status': {
      const { from, status } = message;
      if (!room.members.has(from)) return { room: count(room, 'unknown-sender') };
      return hear(room, from, status, 'change');
    }
    case 'user:left': {
      const { id, reason } = message;
      const { known } = memberAt(room, id);
      const members = new Map([...room.members].filter(([other]) => other !== id));
      // That another member is the same device is the relay's word alone.
      const left = known && ({ type: 'user:left', id: known.id, reason } as const);
      return { room: { ...room, members }, heard: left === null ? [] : [left] };
    }
    case 'user:lost':
    case 'user:back': {
      const { type, id } = message;
      const member = room.members.get(id);
      if (member === undefined) return { room };
      const next = setMember(room, id, { ...member, lost: type === 'user:lost' });
      const shown = shownIn(room, id);
      return { room: next, heard: shown === null ? [] : [{ type, id: shown.id }] };
    }
    case 'error':
      // Its code is shown in our own words; a relay could write anything here.
      return {
        room,
        heard: [room.keys.kind === 'private' ? { ...message, message: '' } : message],
      };
    case 'room:left':
    case 'ice:servers':
    case 'pong':
      return { room, heard: [message] };
  }
}

function hear(
  room: SealedRoom,
  id: MemberId,
  text: string | undefined,
  as: 'snapshot' | 'change',
): Opened {
  const [next, say] = hearStatus(room, id, text, as);
  return { room: next, say };
}

/** The newest state of all members. Those with the same id keep their keys and counters. */
function joined(before: SealedRoom, message: RoomJoined & { type: 'room:joined' }): Opened {
  const self = message.self.id;
  const kept = before.self === self ? before.members : new Map<MemberId, SealedMember>();
  const present = new Set(message.participants.slice(0, MAX_MEMBERS).map(({ id }) => id));
  // It asks again.
  const own = 'inside';
  const nobody = new Set<MemberId>();
  const asking = { ...before, self, present, own, lockedBy: nobody, unread: nobody } as const;
  const greeted = before.self === self ? before.greeted : nobody;
  let room: SealedRoom = { ...asking, greeted, members: new Map() };
  let say: readonly ClientMessage[] = [];
  for (const { id, status, lost } of message.participants.slice(0, MAX_MEMBERS)) {
    const member = { ...memberAt({ ...room, members: kept }, id), lost: lost === true };
    const [next, more] = hearStatus(setMember(room, id, member), id, status, 'snapshot');
    room = next;
    say = [...say, ...more];
  }
  const participants = [...room.members.keys()].flatMap(
    (other) => participantOf(room, other) ?? [],
  );
  const id = sealedId(self, sessionOf(room.visit.signing.shown));
  return { room, say, heard: [{ ...message, self: { id, email: room.email }, participants }] };
}

function openDelivered(room: SealedRoom, message: Delivered): Opened {
  const { type, from, payload: text } = message;
  const { self, keys } = room;
  const notice = type === 'user:message' ? readSealedNotice(text) : null;
  if (notice !== null) return hearNotice(room, from, notice);
  const sender = shownIn(room, from);
  if (self === null || sender === null) return { room: count(room, 'unknown-sender') };
  const key = receivedKey(sender);
  if (!hasRoomFor(room.received, key)) return { room: count(room, 'too-many') };
  const envelope = { room: keys.room, type: SENT_AS[type], from, to: self };
  const last = room.received.get(key) ?? 0;
  const read = openPayload(sender.keys.receive, envelope, last, text);
  if ('refused' in read) return { room: count(room, read.refused) };
  const { payload, counter } = read.opened;
  return {
    room: setReceived(room, key, counter),
    heard: [{ type, from: sender.id, payload }],
  };
}

/** What the engine hears of the members of both rooms. */
function changes(before: SealedRoom, after: SealedRoom): readonly ServerMessage[] {
  return [...after.members.keys()].flatMap((id): readonly ServerMessage[] => {
    const was = shownIn(before, id);
    const now = shownIn(after, id);
    if (was === now) return [];
    if (was !== null && was.id === now?.id) {
      return [{ type: 'user:status', from: now.id, status: now.status } as const];
    }
    const user = participantOf(after, id);
    // Somebody else has this place now, or it was removed.
    const reason = now === null ? 'removed' : 'lost';
    const left = was && ({ type: 'user:left', id: was.id, reason } as const);
    return [
      ...(left === null ? [] : [left]),
      ...(user === null ? [] : [{ type: 'user:joined', user } as const]),
    ];
  });
}

/** Who is outside says nothing, and from outside nobody is seen. */
export function shownIn(room: SealedRoom, id: MemberId): KnownMember | null {
  const { known } = memberAt(room, id);
  return room.own === 'outside' || known === null || known.status === '' ? null : known;
}

function participantOf(room: SealedRoom, id: MemberId): Participant | null {
  const shown = shownIn(room, id);
  if (shown === null) return null;
  const { email, status } = shown;
  return { id: shown.id, email, status, ...(memberAt(room, id).lost ? { lost: true } : {}) };
}

/** The types as senders send them. */
const SENT_AS: Readonly<Record<DeliveredKind, DirectedKind>> = {
  'incoming:call': 'user:call',
  'call:accepted': 'call:accepted',
  'call:declined': 'call:declined',
  'call:ended': 'call:ended',
  'peer:nego:needed': 'peer:nego:needed',
  'peer:nego:final': 'peer:nego:done',
  'peer:candidate': 'peer:candidate',
  'user:message': 'user:message',
};
