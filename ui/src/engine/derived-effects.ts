// Effects that follow from a state change, independent of the event.

import { followBudget } from './budget/in-call';
import { refuseStaleAdmissions } from './call/admission';
import { forgetVoice, limitCameras } from './call/cameras';
import { setMeshTimer } from './call/mesh';
import type { Effect } from './effect';
import { followReason } from './media/step';
import { ownStatus } from './room/queries';
import type { RoomSession } from './room/state';
import type { State } from './state';
import { emit, type StepContext } from './step-context';
import { forgetTalk } from './talk/step';
import { isSameStatus, writeStatus } from './wire/status';

export function deriveEffects(context: StepContext, before: State): void {
  if (context.state === before) return;
  if (context.state.admissions.length > 0) refuseStaleAdmissions(context);
  limitCameras(context, before);
  followReason(context, before);
  forgetVoice(context);
  forgetTalk(context);
  followBudget(context, before);
  sayStatus(context, before);
  rememberRoomSession(context, before);
  soundRing(context, before);
  setMeshTimer(context, before);
}

/**
 * The status goes first: receivers know the call before its messages arrive. A status without a
 * call goes last, behind the message with the reason.
 */
function sayStatus(context: StepContext, before: State): void {
  const { state } = context;
  if (before.room.kind === 'outside' || state.room.kind === 'outside') return;
  const own = ownStatus(state);
  if (!context.saysStatus && isSameStatus(own, ownStatus(before))) return;
  const status = writeStatus(own);
  const effect = { type: 'signaling-send', message: { type: 'user:status', status } } as const;
  if (own.call === null) context.effects.push(effect);
  else context.effects.unshift(effect);
}

function rememberRoomSession(context: StepContext, before: State): void {
  const roomSession = roomSessionOf(context.state);
  const old = roomSessionOf(before);
  const isSame = roomSession?.session === old?.session && roomSession?.rejoin === old?.rejoin;
  if (!isSame) emit(context, { type: 'remember-room-session', roomSession });
}

/** The room session for a reload, with the active call to rejoin. */
function roomSessionOf({ room, call }: State): RoomSession | null {
  if (room.kind !== 'inside') return null;
  return call.kind === 'active' ? { ...room.roomSession, rejoin: call.id } : room.roomSession;
}

function soundRing(context: StepContext, before: State): void {
  const ring = ringOf(context.state);
  if (ring !== ringOf(before)) emit(context, { type: 'ring', ring });
}

function ringOf({ call }: State): Extract<Effect, { type: 'ring' }>['ring'] {
  if (call.kind === 'incoming') return 'incoming';
  if (call.kind !== 'active' || call.peers.some(({ phase }) => phase !== 'calling')) return 'off';
  return call.peers.some(({ path }) => path === 'connecting') ? 'outgoing' : 'off';
}
