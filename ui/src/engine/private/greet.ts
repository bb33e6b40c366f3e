// A greeting to members whose status does not open: they may have another epoch, and this page may have
// been inside with them.
//
// Invariant: once to each place. It shows the keys to those that hold the link, and no email.

import type { ClientMessage } from '../../protocol/wire';
import { derive } from './link-secret';
import { writeSealedNotice } from './notice';
import type { SealedRoom } from './sealed-room';
import { sealStatus, STATUS_NONCE_BYTES } from './status-box';

/** `nonce` is random; another one is made from it. */
export function greet(
  room: SealedRoom,
  nonce: Uint8Array,
): readonly [SealedRoom, readonly ClientMessage[]] {
  const { self, keys, visit, unread } = room;
  if (unread.size === 0 || self === null || keys.kind === 'open') return [room, []];
  const counter = room.said.counter + 1;
  const own = derive(nonce, 'greeting', STATUS_NONCE_BYTES);
  const text = sealStatus(keys, visit, { id: self, email: '', counter, status: '' }, own);
  const greeted = new Set([...room.greeted, ...unread]);
  const next = { ...room, said: { ...room.said, counter }, unread: new Set<string>(), greeted };
  if (text === null) return [next, []];
  const payload = writeSealedNotice({ introduction: text, box: '' });
  return [next, [...unread].map((to) => ({ type: 'user:message', to, payload }))];
}
