// What a relay is told of this device, to know it again.
//
// Invariant: it differs from room to room, so no relay can link the rooms of one device by it.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import type { RoomSession } from '../engine/state';

/** 128 bits in hexadecimal. */
const DEVICE_CHARS = 32;

export function deviceIn(
  secret: string,
  { room, relay }: Pick<RoomSession, 'room' | 'relay'>,
): string {
  const address = relay.kind === 'server' ? relay.address : '';
  const parts = ['snug device 1', secret, address, room];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts)))).slice(0, DEVICE_CHARS);
}
