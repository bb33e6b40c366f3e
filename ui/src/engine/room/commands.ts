// What other slices may have the room do.

import type { Problem } from '../problem';
import { clearTimer, emit, insideRoom, setRoom, type StepContext } from '../step-context';
import { ICE_REFRESH_TIMER } from './ice-servers';
import { REJOIN_ROOM_TIMER } from './rejoin-timer';

/** The call before a reload is rejoined, or over. */
export function forgetRejoin(context: StepContext): void {
  const room = insideRoom(context);
  if (room === null || room.roomSession.rejoin === null) return;
  setRoom(context, { ...room, roomSession: { ...room.roomSession, rejoin: null } });
}

/** The stay is over. */
export function leaveRoom(context: StepContext, problem: Problem | null): void {
  context.raise({ type: 'room-leaving' });
  for (const timer of [REJOIN_ROOM_TIMER, ICE_REFRESH_TIMER]) clearTimer(context, timer);
  setRoom(context, { kind: 'outside' });
  context.state = { ...context.state, signaling: { kind: 'idle' }, problem };
  emit(context, { type: 'signaling-leave' });
}

/** For a reload. */
export function keepEpoch(context: StepContext, epoch: string): void {
  const room = insideRoom(context);
  const sealed = room?.roomSession.sealed;
  if (room === null || sealed === undefined) return;
  const roomSession = { ...room.roomSession, sealed: { ...sealed, epoch } };
  setRoom(context, { ...room, roomSession });
}
