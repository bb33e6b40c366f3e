// A member's status, as the relay says it: of somebody inside, of somebody who asks, or of nobody.
//
// Invariant: a session never changes its email, its counters only grow, and no status is that of another
// member than its sender.

import { readStatus } from '../wire/status';
import type { MemberId } from '../../protocol/wire';
import { handOver, heardOutside, presentEpoch, type Said } from './entry';
import type { Epoch } from './epoch';
import { refused, type Opened, type Refusal } from './refusal';
import {
  count,
  hasRoomFor,
  keysWith,
  memberAt,
  setKnown,
  setMember,
  setSession,
  type KnownMember,
  type SealedMember,
  type SealedRoom,
} from './sealed-room';
import { sealedId } from './sealed-id';
import type { OpenedStatus } from './signed-status';
import { openStatus } from './status-box';
import { sessionOf } from './visit-keys';

interface InEpoch {
  readonly status: OpenedStatus;
  readonly epoch: Epoch | null;
}

/**
 * The room with this status of a member; the same member if it is dropped. A snapshot may have the
 * last status again.
 */
export function hearStatus(
  before: SealedRoom,
  id: MemberId,
  text: string | undefined,
  as: 'snapshot' | 'change',
): Said {
  const { self } = before;
  if (self === null) return [before, []];
  const room = setMember(before, id, { ...memberAt(before, id), text });
  const read = text === undefined ? refused('unsealed') : openInEpochs(room, text);
  if ('refused' in read) {
    const refusals = count(withStranger(room, read.refused), read.refused);
    return [read.refused === 'unopened' ? withUnread(refusals, id) : refusals, []];
  }
  const { status, epoch } = read.opened;
  // Of a member that does not know its id yet.
  if (status.id === '') return [room, []];
  const session = sessionOf(status.signingKey);
  if (!isItsOwn(room, id, status)) return [count(room, 'not-its-own'), []];
  if (presentEpoch(room)?.removed.includes(session) === true) return [count(room, 'outside'), []];
  const seen = room.sessions.get(session) ?? null;
  if (seen !== null && seen.email !== status.email) return [count(room, 'not-its-own'), []];
  if (!hasRoomFor(room.sessions, session)) return [count(room, 'too-many'), []];
  const { known } = memberAt(room, id);
  const last = seen?.counter ?? 0;
  const isLast = status.counter === last && as === 'snapshot';
  if (isLast && known?.id === sealedId(id, session)) return [room, []];
  if (status.counter <= last && !isLast) return [count(room, 'repeated'), []];
  const member = memberWith(room, self, id, status, known);
  if (member === null) return [count(room, 'unsigned'), []];
  const { email, counter } = status;
  return place(setSession(room, session, { email, counter }), id, member, epoch);
}

/** Inside with the present secret, or with an earlier one that it had while it was inside. */
function place(room: SealedRoom, id: MemberId, member: KnownMember, epoch: Epoch | null): Said {
  const session = sessionOf(member.signingKey);
  if (epoch === presentEpoch(room)) {
    const isNew = !room.insiders.has(session);
    const insiders = isNew ? new Set([...room.insiders, session]) : room.insiders;
    return [setKnown({ ...room, insiders }, id, member), []];
  }
  if (!room.insiders.has(session)) return heardOutside(room, id, member);
  // It was away, or has not heard of the present one yet.
  return handOver(setKnown(room, id, member), member);
}

/** Its epoch is another one: perhaps it was inside before, or is with others. */
function withUnread(room: SealedRoom, id: MemberId): SealedRoom {
  if (presentEpoch(room) === null || room.greeted.has(id)) return room;
  return { ...room, unread: new Set([...room.unread, id]) };
}

/** A greeting, by the keys of the link: who is here, whatever its epoch. */
export function hearGreeting(room: SealedRoom, from: MemberId, text: string): Said {
  const { self, keys } = room;
  const epoch = presentEpoch(room);
  if (self === null || epoch === null) return [room, []];
  const read = openStatus(keys, text);
  if ('refused' in read) return [count(room, read.refused), []];
  const { opened } = read;
  if (!isItsOwn(room, from, opened)) return [count(room, 'not-its-own'), []];
  const session = sessionOf(opened.signingKey);
  const isInsider = room.insiders.has(session) && !epoch.removed.includes(session);
  if (!isInsider) return [count(room, 'outside'), []];
  const member = memberWith(room, self, from, opened, null);
  return member === null ? [count(room, 'unsigned'), []] : handOver(room, member);
}

/** Whether its status is of an epoch that this page has not. */
export function isUnread(room: SealedRoom, { text }: SealedMember): boolean {
  const read = text === undefined ? null : openInEpochs(room, text);
  return read !== null && 'refused' in read && read.refused === 'unopened';
}

function openInEpochs(room: SealedRoom, text: string): Opened<InEpoch> {
  for (const { epoch, keys } of room.epochs) {
    const read = openStatus(keys, text);
    if ('opened' in read) return { opened: { status: read.opened, epoch } };
    if (read.refused !== 'unopened') return read;
  }
  return refused('unopened');
}

/** What is said to the person: a program that proves nothing, and no repeated or moved status. */
function withStranger(room: SealedRoom, refusal: Refusal): SealedRoom {
  const isStranger = refusal === 'unsealed' || refusal === 'suite' || refusal === 'unsigned';
  return isStranger ? { ...room, strangers: room.strangers + 1 } : room;
}

/** Null with a key of small order. */
export function memberWith(
  room: SealedRoom,
  self: MemberId,
  id: MemberId,
  said: Pick<OpenedStatus, 'signingKey' | 'agreementKey' | 'email' | 'status'>,
  before: KnownMember | null,
): KnownMember | null {
  const { signingKey, agreementKey, email, status } = said;
  if (before !== null && isSame(before.agreementKey, agreementKey)) {
    if (isSame(before.signingKey, signingKey)) return { ...before, status };
  }
  const keys = keysWith(room, self, { id, signingKey, agreementKey });
  const shownId = sealedId(id, sessionOf(signingKey));
  return keys && { id: shownId, email, status, signingKey, agreementKey, keys };
}

function isItsOwn(
  { visit, self }: SealedRoom,
  id: MemberId,
  { id: claimed, signingKey, status }: OpenedStatus,
): boolean {
  if (claimed !== id || id === self || isSame(signingKey, visit.signing.shown)) return false;
  const { session } = readStatus(status);
  return session === null || session === sessionOf(signingKey);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
