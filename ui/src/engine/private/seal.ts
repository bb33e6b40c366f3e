// Out: what the engine says, signed or sealed for the room, or sealed for one member.
//
// Invariant: a message that carries anything of a person leaves sealed or not at all.

import type { ClientMessage, Directed } from '../../protocol/wire';
import { sealPayload } from './payload-box';
import type { SealedRoom } from './sealed-room';
import { relayId } from './sealed-id';
import { sealStatus } from './status-box';

/** The email for the relay: of a private room none. */
export function emailAtRelay({ keys, email }: SealedRoom): string {
  return keys.kind === 'private' ? 'private' : email;
}

/** What the relay compares; null in an open room. */
export function proofAtRelay({ keys }: SealedRoom): string | null {
  return keys.kind === 'private' ? keys.proof : null;
}

/** The message for the relay; null if it cannot be sealed. `nonce` is random, for a status. */
export function seal(
  room: SealedRoom,
  message: Exclude<ClientMessage, { type: 'room:join' }>,
  nonce: Uint8Array,
): readonly [SealedRoom, ClientMessage | null] {
  switch (message.type) {
    case 'user:status': {
      const [next, status] = sealOwnStatus(room, message.status, nonce);
      return [next, status === null ? null : { type: 'user:status', status }];
    }
    case 'room:leave':
    case 'ice:refresh':
    case 'ping':
      return [room, message];
    case 'user:call':
    case 'call:accepted':
    case 'call:declined':
    case 'call:ended':
    case 'peer:nego:needed':
    case 'peer:nego:done':
    case 'peer:candidate':
    case 'user:message':
      return sealDirected(room, message);
  }
}

/** For the join too. Null if it is too long. */
export function sealOwnStatus(
  room: SealedRoom,
  status: string,
  nonce: Uint8Array,
): readonly [SealedRoom, string | null] {
  const { visit, email, own, self } = room;
  const [{ epoch, keys }] = room.epochs;
  const counter = room.said.counter + 1;
  const said = { status, id: self, counter, epoch, own };
  // From outside nothing is said but who asks.
  const content = { id: self ?? '', email, counter, status: own === 'outside' ? '' : status };
  return [{ ...room, said }, sealStatus(keys, visit, content, nonce)];
}

/** A member that is not known any more gets nothing. */
function sealDirected(
  room: SealedRoom,
  { type, to, payload }: Directed,
): readonly [SealedRoom, ClientMessage | null] {
  const { self, keys, members } = room;
  const atRelay = relayId(to);
  const known = members.get(atRelay)?.known ?? null;
  if (self === null || known?.id !== to) return [room, null];
  const sent = room.sent + 1;
  const envelope = { room: keys.room, type, from: self, to: atRelay };
  const sealed = sealPayload(known.keys.send, envelope, sent, payload);
  if (sealed === null) return [room, null];
  return [
    { ...room, sent },
    { type, to: atRelay, payload: sealed },
  ];
}
