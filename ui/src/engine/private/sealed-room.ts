// A stay in a room, as its own end keeps it: the keys, the members whose statuses opened,
// and how much was dropped.
//
// Invariant: plain values; each step makes the next one. Members are kept by the relay's ids. The email
// of a signing key never changes, and its counters only grow.

import { bytesToHex } from '@noble/hashes/utils.js';

import type { SessionId } from '../ids';
import type { RoomSession, SealedStay } from '../room/state';
import { isPrivateRoom } from '../../protocol/private-room';
import type { MemberId } from '../../protocol/wire';
import { readBase64url, type Bytes } from './bytes';
import { readSecret, roomKeys } from './link-secret';
import { keysIn, readKept, type Epoch, type EpochKeys } from './epoch';
import { pairKeys, type PairKeys } from './pair-keys';
import type { Refusal } from './refusal';
import { openRoomKeys, type RoomKeys } from './room-keys';
import { KEY_BYTES, sessionOf, visitKeys, type VisitKeys } from './visit-keys';

export interface SealedRoom {
  readonly keys: RoomKeys;
  readonly visit: VisitKeys;
  readonly email: string;
  /** Null until the relay has said it. */
  readonly self: MemberId | null;
  /** The last status, which is said again under a new id, in a new epoch, and inside again. */
  readonly said: {
    readonly status: string;
    readonly id: MemberId | null;
    readonly counter: number;
    readonly epoch: Epoch | null;
    readonly own: SealedRoom['own'];
  };
  readonly members: ReadonlyMap<MemberId, SealedMember>;
  /** The present one first, then those that members who were away may still use. */
  readonly epochs: readonly [EpochKeys, ...EpochKeys[]];
  /** Whether this page is inside, as far as it knows. */
  readonly own: 'inside' | 'outside';
  /** Whether some have a secret that this page has not, and the other way round. */
  readonly others: 'seen' | 'unseen';
  /** Members that were there when this page came in. */
  readonly present: ReadonlySet<MemberId>;
  /** Of those, the ones that said that this page is outside. */
  readonly lockedBy: ReadonlySet<MemberId>;
  /** Sessions that were inside while this page was. */
  readonly insiders: ReadonlySet<SessionId>;
  /** Sessions that somebody here turned away. */
  readonly turnedAway: ReadonlySet<SessionId>;
  /** How often the present secret was handed over, by session. */
  readonly handed: ReadonlyMap<SessionId, number>;
  /** Members that are to hear by the keys of the link who is here. */
  readonly unread: ReadonlySet<MemberId>;
  /** Those that have heard it, under the own id. */
  readonly greeted: ReadonlySet<MemberId>;
  /** The email and the counter of the last status of each session. */
  readonly sessions: ReadonlyMap<SessionId, KnownSession>;
  /**
   * The counter of the last payload to anybody. The relay can bring a member back whose keys are as
   * before, so none of it is kept with a member: the counter is the nonce.
   */
  readonly sent: number;
  /** The counter of the last payload by each agreement key, in hexadecimal. */
  readonly received: ReadonlyMap<string, number>;
  /** How many statuses were those of a program that proves nothing. */
  readonly strangers: number;
  readonly refusals: Readonly<Partial<Record<Refusal, number>>>;
}

export interface SealedMember {
  /** Null until its status opens. Until then the member is not shown. */
  readonly known: KnownMember | null;
  /** It holds the link and is outside. */
  readonly asks: KnownMember | null;
  /** Its last status as the relay says it: it may open later. */
  readonly text: string | undefined;
  readonly lost: boolean;
}

export interface KnownMember {
  /** As the engine knows it (sealed-id.ts). */
  readonly id: MemberId;
  readonly email: string;
  readonly status: string;
  readonly signingKey: Bytes;
  readonly agreementKey: Bytes;
  readonly keys: PairKeys;
}

/** A session never changes its email, and its counter only grows. */
export interface KnownSession {
  readonly email: string;
  readonly counter: number;
}

/** A page that loads for the n-th time counts from here, above all that it has said before. */
const COUNTERS_OF_A_LOAD = 2 ** 32;
/** When there are so many, what has none is refused: a forgotten one would allow repeats. */
const MAX_COUNTERS = 4096;

type Person = Pick<RoomSession, 'room' | 'email' | 'session'>;

/** Null if the stay cannot be read, or its secret is not that of the room. */
export function enterSealedRoom(
  person: Person,
  stay: SealedStay,
  agreement: Bytes,
): SealedRoom | null {
  const keys = keysOf(person.room, stay.secret);
  return keys && enterWithKeys(keys, person, stay, agreement);
}

/** Null if the stay cannot be read, or the keys are not those of the room. */
export function enterWithKeys(
  keys: RoomKeys,
  { room, email, session }: Person,
  { signing, load, epoch: kept }: Pick<SealedStay, 'signing' | 'load' | 'epoch'>,
  agreement: Bytes,
): SealedRoom | null {
  const ofStay = readBase64url(signing);
  if (ofStay?.length !== KEY_BYTES) return null;
  const visit = visitKeys(ofStay, agreement);
  if (keys.room !== room || sessionOf(visit.signing.shown) !== session) return null;
  return {
    keys,
    visit,
    email,
    self: null,
    said: { status: '', id: null, counter: load * COUNTERS_OF_A_LOAD, epoch: null, own: 'inside' },
    members: new Map(),
    ...keptEntry(keys, kept),
    own: 'inside',
    others: 'seen',
    present: new Set(),
    lockedBy: new Set(),
    turnedAway: new Set(),
    handed: new Map(),
    unread: new Set(),
    greeted: new Set(),
    sessions: new Map(),
    sent: 0,
    received: new Map(),
    strangers: 0,
    refusals: {},
  };
}

/** Null if the secret cannot be read, or the name is that of a private room and there is none. */
function keysOf(room: string, secret: string | null): RoomKeys | null {
  if (secret === null) return isPrivateRoom(room) ? null : openRoomKeys(room);
  const ofLink = readSecret(secret);
  return ofLink && roomKeys(ofLink);
}

/** As before a reload; what cannot be read is handed over again. */
function keptEntry(
  keys: RoomKeys,
  text: string | undefined,
): Pick<SealedRoom, 'epochs' | 'insiders'> {
  const first = { epoch: null, keys };
  const kept = text === undefined ? null : readKept(text);
  if (keys.kind === 'open' || kept === null) return { epochs: [first], insiders: new Set() };
  return { epochs: [keysIn(keys, kept.epoch), first], insiders: new Set(kept.insiders) };
}

/**
 * The same stay under other keys of the room; members are known as before. Null once an epoch has
 * begun: those inside are those of its secret, and no other root takes them anywhere.
 */
export function withRoomKeys(before: SealedRoom, keys: RoomKeys): SealedRoom | null {
  const { self, epochs } = before;
  if (epochs[0].epoch !== null) return null;
  const moved: SealedRoom = {
    ...before,
    keys,
    epochs: [{ epoch: null, keys }],
    lockedBy: new Set(),
  };
  const members = [...before.members].map(([id, member]): [MemberId, SealedMember] => {
    const { known } = member;
    if (known === null || self === null) return [id, { ...member, known: null }];
    const pair = keysWith(moved, self, { ...known, id });
    return [id, { ...member, known: pair && { ...known, keys: pair } }];
  });
  return { ...moved, members: new Map(members) };
}

export function count(room: SealedRoom, reason: Refusal): SealedRoom {
  const { refusals } = room;
  return { ...room, refusals: { ...refusals, [reason]: (refusals[reason] ?? 0) + 1 } };
}

const NOBODY: SealedMember = { known: null, asks: null, text: undefined, lost: false };

export function memberAt({ members }: SealedRoom, id: MemberId): SealedMember {
  return members.get(id) ?? NOBODY;
}

export function setMember(room: SealedRoom, id: MemberId, member: SealedMember): SealedRoom {
  return { ...room, members: new Map([...room.members, [id, member]]) };
}

export function setKnown(room: SealedRoom, id: MemberId, known: KnownMember): SealedRoom {
  return setMember(room, id, { ...memberAt(room, id), known, asks: null });
}

export function hasRoomFor(table: ReadonlyMap<string, unknown>, key: string): boolean {
  return table.has(key) || table.size < MAX_COUNTERS;
}

export function setSession(room: SealedRoom, id: SessionId, session: KnownSession): SealedRoom {
  return { ...room, sessions: new Map([...room.sessions, [id, session]]) };
}

export function setReceived(room: SealedRoom, key: string, counter: number): SealedRoom {
  return { ...room, received: new Map([...room.received, [key, counter]]) };
}

/** The name of an agreement key among those that were received from. */
export function receivedKey({ agreementKey }: KnownMember): string {
  return bytesToHex(agreementKey);
}

/** The keys with another member under the own id; null with a key of small order. */
export function keysWith(
  { keys, visit }: SealedRoom,
  self: MemberId,
  other: Parameters<typeof pairKeys>[3],
): PairKeys | null {
  return pairKeys(keys, self, visit, other);
}
