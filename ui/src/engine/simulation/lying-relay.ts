// A relay that lies: it changes, swaps, repeats, delays, drops and invents what it delivers, and knows
// everything that it has delivered before.
//
// Invariant: it lies to clients only, so once it stops, a restart makes everything true again.

import type { Delivered, MemberId, Participant, ServerMessage } from '../../protocol/wire';
import { openStay, sealedStay } from '../private/stay';
import { sealOwnStatus } from '../private/seal';
import { enterSealedRoom } from '../private/sealed-room';
import type { Clock } from './clock';
import type { Random } from './random';
import type { Relay } from './relay';
import { ROOM, type RoomKind } from './simulation';
import type { Socket } from './socket';

export interface LyingRelay extends Relay {
  /** It is honest from now on. */
  repent(): void;
  /** How many messages it has changed, made up, or delivered where they do not belong. */
  readonly lies: () => number;
}

const MAX_KEPT = 200;
const LONGEST_DELAY_MS = 3_000;

type Lie = (message: ServerMessage, world: LieWorld) => readonly ServerMessage[];

interface LieWorld {
  readonly random: Random;
  readonly kind: RoomKind;
  readonly kept: readonly ServerMessage[];
}

export function lyingRelay(
  relay: Relay,
  clock: Clock,
  random: Random,
  rate: number,
  kind: RoomKind,
): LyingRelay {
  const wrapped = new WeakMap<Socket, Socket>();
  const kept: ServerMessage[] = [];
  let lies = 0;
  let isHonest = false;

  const deliver = (socket: Socket, message: ServerMessage): void => {
    kept.push(message);
    if (kept.length > MAX_KEPT) kept.shift();
    if (isHonest || !random.chance(rate)) return socket.sendToClient(message);
    lies += 1;
    if (random.chance(0.2)) {
      // Reordered: what comes meanwhile overtakes it.
      clock.after(random.between(1, LONGEST_DELAY_MS), () => socket.sendToClient(message));
      return;
    }
    for (const lie of random.pick(LIES)(message, { random, kind, kept })) socket.sendToClient(lie);
  };
  const wrap = (socket: Socket): Socket => {
    const before = wrapped.get(socket);
    if (before !== undefined) return before;
    const own: Socket = { ...socket, sendToClient: (message) => deliver(socket, message) };
    wrapped.set(socket, own);
    return own;
  };

  return {
    said: relay.said,
    restart: () => relay.restart(),
    replay: (index) => relay.replay(index),
    received: (socket, message) => relay.received(wrap(socket), message),
    closed: (socket, end) => relay.closed(wrap(socket), end),
    repent() {
      isHonest = true;
    },
    lies: () => lies,
  };
}

const LIES: readonly [Lie, ...Lie[]] = [
  // Dropped.
  () => [],
  // Twice.
  (message) => [message, message],
  // An old message again, of anybody to anybody.
  (message, { random, kept }) => [message, keptOne(random, kept, message)],
  // A certificate of the relay's own.
  (message) => [withPayload(message, (payload) => payload.replaceAll('fingerprint', 'of-relay'))],
  // A bit of the box.
  (message, { random }) => [withPayload(message, (payload) => changed(payload, random))],
  // As another member's, or as another type.
  (message, { random, kept }) => [withSender(message, senderOf(keptOne(random, kept, message)))],
  (message) => [
    message.type === 'peer:nego:needed' ? { ...message, type: 'peer:nego:final' } : message,
  ],
  // The payload of another message.
  (message, { random, kept }) => {
    const other = keptOne(random, kept, message);
    return [withPayload(message, (payload) => ('payload' in other ? other.payload : payload))];
  },
  // The status of another member, or an old one.
  (message, { random, kept }) => {
    const statuses = kept.flatMap((each) => (each.type === 'user:status' ? [each.status] : []));
    const status = statuses[random.between(0, Math.max(0, statuses.length - 1))];
    return status === undefined ? [message] : [withStatus(message, status)];
  },
  // A status without a seal.
  (message) => [withStatus(message, JSON.stringify({ session: 'relay', call: null }))],
  // A member of the relay's own.
  (message, { random, kind }) => [
    message,
    { type: 'user:joined', user: stranger(random, kind, random.id()) },
  ],
  // The same at somebody's place, who is there.
  (message, { random, kind, kept }) => {
    const from = senderOf(keptOne(random, kept, message)) ?? random.id();
    const { status = '' } = stranger(random, kind, from);
    return [message, { type: 'user:status', from, status }];
  },
  // Somebody leaves, is lost, is back.
  (message, { random, kept }) => {
    const id = senderOf(keptOne(random, kept, message));
    if (id === null) return [message];
    const left = { type: 'user:left', id, reason: 'left' } as const;
    const type = random.chance(0.5) ? 'user:lost' : 'user:back';
    return [message, random.chance(0.5) ? left : { type, id }];
  },
];

function keptOne(
  random: Random,
  kept: readonly ServerMessage[],
  otherwise: ServerMessage,
): ServerMessage {
  const one = kept[random.between(0, Math.max(0, kept.length - 1))] ?? otherwise;
  // A second answer to a join is no lie about anybody.
  return one.type === 'room:joined' ? otherwise : one;
}

function senderOf(message: ServerMessage): MemberId | null {
  if ('from' in message) return message.from;
  if (message.type === 'user:joined') return message.user.id;
  return 'id' in message ? message.id : null;
}

function withSender(message: ServerMessage, from: MemberId | null): ServerMessage {
  return 'from' in message && from !== null ? { ...message, from } : message;
}

function withPayload(
  message: ServerMessage,
  change: (payload: Delivered['payload']) => string,
): ServerMessage {
  return 'payload' in message ? { ...message, payload: change(message.payload) } : message;
}

function withStatus(message: ServerMessage, status: string): ServerMessage {
  if (message.type === 'user:status') return { ...message, status };
  if (message.type === 'user:joined') return { ...message, user: { ...message.user, status } };
  if (message.type !== 'room:joined') return message;
  const participants = message.participants.map((each) => ({ ...each, status }));
  return { ...message, participants };
}

function changed(payload: string, random: Random): string {
  const at = random.between(0, Math.max(0, payload.length - 1));
  return payload.slice(0, at) + (payload[at] === 'A' ? 'B' : 'A') + payload.slice(at + 1);
}

/** With keys of its own; of a private room it has made up the secret. */
function stranger(random: Random, kind: RoomKind, id: MemberId): Participant {
  const signing = random.bytes(32);
  const own = kind === 'open' ? openStay(ROOM, signing) : sealedStay(random.bytes(32), signing);
  const stay = { email: 'ana', ...own };
  const room = enterSealedRoom(stay, stay.sealed, random.bytes(32));
  const status =
    room === null ? null : sealOwnStatus({ ...room, self: id }, '{}', random.bytes(24));
  return { id, email: 'private', status: status?.[1] ?? '{}' };
}
