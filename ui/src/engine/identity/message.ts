// What a long-lived key signs: that a session in a room is of its owner.

import { hexToBytes } from '@noble/hashes/utils.js';

import type { SessionId } from '../ids';
import { listOf, type Bytes } from '../private/bytes';

export function identityMessage(room: string, session: SessionId): Bytes {
  return listOf('snug identity 1', room, hexToBytes(session));
}
