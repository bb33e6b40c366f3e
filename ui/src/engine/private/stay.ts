// A stay in a room: how one begins, and how it goes on over a reload.

import type { RoomSession } from '../room/state';
import { writeBase64url, type Bytes } from './bytes';
import { roomKeys, writeSecret } from './link-secret';
import { passcodeRoom } from './passcode';
import { writeRoomName } from './room-name';
import { sessionOf, signingKeyOf } from './visit-keys';

export type Stay = Required<Pick<RoomSession, 'room' | 'session' | 'sealed'>>;

/** In a private room. `signing` is 32 random bytes. */
export function sealedStay(secret: Uint8Array, signing: Bytes): Stay {
  return stay(roomKeys(secret).room, writeSecret(secret), signing);
}

/** In an open room. */
export function openStay(room: string, signing: Bytes): Stay {
  return stay(room, null, signing);
}

function stay(room: string, secret: string | null, signing: Bytes): Stay {
  return {
    room,
    session: sessionOf(signingKeyOf(signing)),
    sealed: { secret, signing: writeBase64url(signing), load: 0 },
  };
}

/** In the room of this name. `signing` is 32 random bytes, `code` a passcode in its normal form. */
export function passcodeStay(name: string, code: string, signing: Bytes): Stay {
  const { sealed, ...place } = stay(passcodeRoom(name), writeRoomName(name), signing);
  return { ...place, sealed: { ...sealed, passcode: { code, root: null } } };
}

/** The same stay in a page that was loaded again. */
export function reloaded(roomSession: RoomSession): RoomSession {
  const { sealed } = roomSession;
  if (sealed === undefined) return roomSession;
  return { ...roomSession, sealed: { ...sealed, load: sealed.load + 1 } };
}
