// What all members of a room share: of a private room its secret keys, of an open one its name.
//
// Invariant: names of private rooms are not those of open ones, so what is signed for one is signed for
// no other.

import type { Bytes } from './bytes';

export type RoomKeys = OpenRoomKeys | PrivateRoomKeys;

export interface OpenRoomKeys {
  readonly kind: 'open';
  /** The room as the relay knows it. */
  readonly room: string;
  /** Empty: there is nothing that only members know. */
  readonly root: Bytes;
}

export interface PrivateRoomKeys {
  readonly kind: 'private';
  readonly room: string;
  /** Shown to the relay, which compares it; no key follows from it. Null with a passcode. */
  readonly proof: string | null;
  readonly root: Bytes;
  readonly status: Bytes;
}

export function openRoomKeys(room: string): OpenRoomKeys {
  return { kind: 'open', room, root: new Uint8Array(0) };
}
