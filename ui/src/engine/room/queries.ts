// What other slices may ask about the room.

import { isSending } from '../media/queries';
import type { State } from '../state';
import type { MemberStatus } from './state';

/** The status of this person, joining or inside a room. */
export function ownStatus(state: State): MemberStatus {
  const { room, call, media } = state;
  const roomSession = room.kind === 'outside' ? null : room.roomSession;
  return {
    session: roomSession?.session ?? null,
    // To the others, a reloaded page has never left the call.
    call: call.kind === 'active' ? call.id : (roomSession?.rejoin ?? null),
    microphone: isSending(media.microphone),
    camera: isSending(media.camera),
    calls: state.canCall,
  };
}
