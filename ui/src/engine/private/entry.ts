// Who is inside a private room: epochs that are made, handed over and taken, and who asks to come in.
//
// Invariant: only members with the secret of the present epoch are shown. It is handed over by
// somebody who has it: to those that were inside before, and to those that are let in.

import type { Entry } from '../entry/events';
import type { SessionId } from '../ids';
import type { ClientMessage, MemberId } from '../../protocol/wire';
import { keysIn, nextEpoch, standsOver, writeKept, type Epoch } from './epoch';
import { writeIntroduction } from './introduction';
import { NOTICE_TYPE, writeNotice, writeSealedNotice, type Notice } from './notice';
import { sealPayload } from './payload-box';
import { memberAt, setMember, type KnownMember, type SealedRoom } from './sealed-room';
import { relayId } from './sealed-id';
import { sessionOf } from './visit-keys';

/** Statuses of older epochs do not open. */
const MAX_EPOCHS = 8;
const MAX_ASKS = 16;
/** Times that a session gets one epoch, so that nobody makes others speak without end. */
const MAX_HANDED = 64;

/** The room, and what goes to the relay. */
export type Said = readonly [SealedRoom, readonly ClientMessage[]];

export function presentEpoch({ epochs: [{ epoch }] }: SealedRoom): Epoch | null {
  return epoch;
}

/** Begins an epoch, and hands it over to all that are inside. */
export function beginEpoch(
  room: SealedRoom,
  { entry, secret }: { readonly entry: Entry; readonly secret: Epoch['secret'] },
  removed: readonly SessionId[],
): Said {
  const maker = sessionOf(room.visit.signing.shown);
  const epoch = nextEpoch(presentEpoch(room), { maker, entry, secret }, removed);
  return epoch === null ? [room, []] : handOverToAll(setEpoch(room, epoch));
}

/** An epoch from another member; what stands below the present one is for reading only. */
export function takeEpoch(room: SealedRoom, epoch: Epoch): Said {
  const before = presentEpoch(room);
  // It may be the present one.
  if (!standsOver(epoch, before)) {
    const isPresent = !standsOver(before ?? epoch, epoch);
    return [isPresent ? room : withEpochs(room, [epoch], 'behind'), []];
  }
  const next = setEpoch(room, epoch);
  // Who was let into an epoch that falls is known to its maker alone.
  const isFallen = before?.maker === sessionOf(room.visit.signing.shown);
  return isFallen && before.number === epoch.number ? handOverToAll(next) : [next, []];
}

/** Who holds the link and has not the present secret. */
export function heardOutside(room: SealedRoom, id: MemberId, member: KnownMember): Said {
  const epoch = presentEpoch(room);
  const session = sessionOf(member.signingKey);
  // Without an epoch nobody is outside.
  if (epoch === null || room.turnedAway.has(session)) return [room, []];
  if (epoch.entry === 'open') return handOver(room, member);
  const { asks } = memberAt(room, id);
  const isKnown = asks?.id === member.id && isSame(asks.agreementKey, member.agreementKey);
  // What has a status takes itself for inside.
  if (isKnown) return member.status === '' ? [room, []] : tell(room, member, { kind: 'locked' });
  const asking = [...room.members.values()].filter((other) => other.asks !== null);
  if (asking.length >= MAX_ASKS) return [room, []];
  const next = setMember(room, id, { ...memberAt(room, id), known: null, asks: member });
  return tell(next, member, { kind: 'locked' });
}

/** Hands the present epoch over. What is lost with a socket is asked for by the next status. */
export function handOver(room: SealedRoom, member: KnownMember): Said {
  const epoch = presentEpoch(room);
  const session = sessionOf(member.signingKey);
  const times = room.handed.get(session) ?? 0;
  if (epoch === null || times >= MAX_HANDED) return [room, []];
  const handed = new Map([...room.handed, [session, times + 1]]);
  const insiders = room.insiders.has(session)
    ? room.insiders
    : new Set([...room.insiders, session]);
  return tell({ ...room, handed, insiders }, member, { kind: 'epoch', epoch });
}

/** Tells a member, which need not know us. */
export function tell(room: SealedRoom, { id, keys }: KnownMember, notice: Notice): Said {
  const { self, visit } = room;
  if (self === null) return [room, []];
  const [name, to, sent] = [room.keys.room, relayId(id), room.sent + 1];
  const envelope = { room: name, type: NOTICE_TYPE, from: self, to } as const;
  const box = sealPayload(keys.send, envelope, sent, writeNotice(notice));
  if (box === null) return [room, []];
  const payload = writeSealedNotice({ introduction: writeIntroduction(name, self, visit), box });
  return [{ ...room, sent }, [{ type: 'user:message', to, payload }]];
}

/** The text that a reload reads; null without an epoch. */
export function keptEntry(room: SealedRoom): string | null {
  const epoch = presentEpoch(room);
  return epoch && writeKept({ epoch, insiders: [...room.insiders] });
}

function handOverToAll(room: SealedRoom): Said {
  return [...room.members.values()].reduce<Said>(
    ([before, said], { known }) => {
      if (known === null) return [before, said];
      const [next, more] = handOver(before, known);
      return [next, [...said, ...more]];
    },
    [room, []],
  );
}

function setEpoch(room: SealedRoom, epoch: Epoch): SealedRoom {
  const insides = [...room.members.values()].flatMap(({ known }) =>
    known === null ? [] : [sessionOf(known.signingKey)],
  );
  const insiders = new Set(
    [...room.insiders, ...insides].filter((session) => {
      return !epoch.removed.includes(session);
    }),
  );
  const next = withEpochs(room, [epoch], 'before');
  const members = new Map(
    [...room.members].map(([id, member]) => {
      const session = member.known === null ? null : sessionOf(member.known.signingKey);
      const isGone = session !== null && epoch.removed.includes(session);
      return [id, isGone ? { ...member, known: null } : member];
    }),
  );
  return { ...next, members, insiders, handed: new Map(), lockedBy: new Set() };
}

function withEpochs(
  room: SealedRoom,
  [epoch]: readonly [Epoch],
  at: 'before' | 'behind',
): SealedRoom {
  const { keys, epochs } = room;
  if (keys.kind === 'open') return room;
  const [present, ...earlier] = epochs;
  const added = keysIn(keys, epoch);
  if (at === 'before') return { ...room, epochs: [added, ...epochs.slice(0, MAX_EPOCHS)] };
  return { ...room, epochs: [present, added, ...earlier.slice(0, MAX_EPOCHS)] };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
