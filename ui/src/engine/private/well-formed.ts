// Whether a relay's message has the fields that opening it reads. A hostile relay sends anything.

import { isRecord } from '../json';
import { isDelivered } from '../wire/call-message';
import type { ServerMessage } from '../../protocol/wire';

export function isWellFormed(message: ServerMessage): boolean {
  if (isDelivered(message)) return isId(message.from) && isText(message.payload);
  switch (message.type) {
    case 'room:joined':
      return (
        isMember(message.self) &&
        Array.isArray(message.participants) &&
        message.participants.every(isMember) &&
        isListOfRecords(message.iceServers)
      );
    case 'user:joined':
      return isMember(message.user);
    case 'user:status':
      return isId(message.from) && isText(message.status);
    case 'user:left':
    case 'user:lost':
    case 'user:back':
      return isId(message.id);
    case 'ice:servers':
      return isListOfRecords(message.iceServers);
    case 'room:left':
    case 'pong':
    case 'error':
      return true;
  }
}

function isMember(value: unknown): boolean {
  if (!isRecord(value) || !isId(value['id'])) return false;
  return value['status'] === undefined || isText(value['status']);
}

/** What a signed status has room for, and nothing that is shown as a space. */
function isId(value: unknown): boolean {
  return isText(value) && /^[!-~]{1,128}$/u.test(value);
}

function isListOfRecords(value: unknown): boolean {
  return Array.isArray(value) && value.every(isRecord);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
