// What the call may have the room do.

import { insideRoom, setRoom, type StepContext } from '../step-context';

/** The call before a reload is rejoined, or over. */
export function forgetRejoin(context: StepContext): void {
  const room = insideRoom(context);
  if (room === null || room.roomSession.rejoin === null) return;
  setRoom(context, { ...room, roomSession: { ...room.roomSession, rejoin: null } });
}
