// Which types of relay messages this page knows.
//
// Invariant: the table has every type of `ServerMessage`, held by its type.

import type { ServerMessage } from './wire';

/** A newer relay may send messages of other types. */
export function isKnownMessage(message: ServerMessage): boolean {
  return Object.hasOwn(SERVER_MESSAGES, message.type);
}

const SERVER_MESSAGES: Readonly<Record<ServerMessage['type'], true>> = {
  'room:joined': true,
  'room:left': true,
  'user:joined': true,
  'user:left': true,
  'user:lost': true,
  'user:back': true,
  'user:status': true,
  'ice:servers': true,
  'incoming:call': true,
  'call:accepted': true,
  'call:declined': true,
  'call:ended': true,
  'peer:nego:needed': true,
  'peer:nego:final': true,
  'peer:candidate': true,
  'user:message': true,
  pong: true,
  error: true,
};
