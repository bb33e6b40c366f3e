// What other slices may ask about the room.

import { callAbility } from '../address/queries';
import { isSending } from '../media/queries';
import { screenStatus } from '../share/queries';
import type { State } from '../state';
import type { MemberStatus, RoomSession } from './state';

/** The status of this person, joining or inside a room. */
/** Whether only those with its link are let in. */
export function isPrivateStay({ sealed }: Pick<RoomSession, 'sealed'>): boolean {
  return sealed !== undefined && sealed.secret !== null;
}

export function ownStatus(state: State): MemberStatus {
  const { room, call, media, attention } = state;
  const roomSession = room.kind === 'outside' ? null : room.roomSession;
  // To the others, a reloaded page has never left the call.
  const named = call.kind === 'active' ? call : (roomSession?.rejoin ?? null);
  return {
    session: roomSession?.session ?? null,
    call: named?.id ?? null,
    scope: named?.scope ?? 'some',
    microphone: isSending(media.microphone),
    camera: isSending(media.camera),
    screen: screenStatus(state),
    calls: callAbility(state) === 'can-call',
    away: attention === 'away',
  };
}
