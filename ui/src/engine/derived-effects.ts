// Effects that follow from a state change, independent of the event.

import { followBlocking } from './blocking/step';
import { followBudget } from './budget/in-call';
import { refuseStaleAdmissions } from './call/admission';
import { forgetVoice, limitCameras } from './call/cameras';
import { setMergeTimer } from './call/merge';
import { setMeshTimer } from './call/mesh';
import { forgetOfferQuotas } from './call/offer-quota';
import type { Effect } from './effect';
import { NEVER_RAISED } from './hands/state';
import { followHands } from './hands/step';
import { forgetClaims } from './identity/step';
import { followReason } from './media/step';
import { forgetPointing } from './pointing/step';
import { forgetReactions } from './reactions/step';
import { ownStatus } from './room/queries';
import type { RoomSession } from './room/state';
import { followCall } from './share/step';
import type { State } from './state';
import { emit, type StepContext } from './step-context';
import { forgetTalk } from './talk/step';
import { followVerification } from './verification/step';
import { isSameStatus, writeStatus } from './wire/status';

export function deriveEffects(context: StepContext, before: State): void {
  if (context.state === before) return;
  followBlocking(context, before);
  if (context.state.admissions.length > 0) refuseStaleAdmissions(context);
  limitCameras(context, before);
  followReason(context, before);
  forgetVoice(context);
  forgetOfferQuotas(context);
  followCall(context, before);
  forgetTalk(context);
  followHands(context, before);
  forgetReactions(context, before);
  forgetPointing(context, before);
  forgetClaims(context, before);
  followVerification(context, before);
  followBudget(context, before);
  sayStatus(context, before);
  rememberRoomSession(context, before);
  rememberChat(context, before);
  soundRing(context, before);
  setMeshTimer(context, before);
  setMergeTimer(context, before);
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
  const isSame =
    roomSession?.session === old?.session &&
    roomSession?.rejoin?.id === old?.rejoin?.id &&
    roomSession?.hand === old?.hand &&
    roomSession?.blocked === old?.blocked &&
    roomSession?.sealed === old?.sealed &&
    roomSession?.ownAddress === old?.ownAddress;
  if (!isSame) emit(context, { type: 'remember-room-session', roomSession });
}

function rememberChat(context: StepContext, { room, chat }: State): void {
  const { state } = context;
  const isSame = chat.kept === state.chat.kept && room.kind === state.room.kind;
  if (isSame || (room.kind !== 'inside' && state.room.kind !== 'inside')) return;
  const memory =
    state.room.kind === 'inside'
      ? { session: state.room.roomSession.session, kept: state.chat.kept }
      : null;
  emit(context, { type: 'remember-chat', memory });
}

/** The room session for a reload, with the active call to rejoin, and the own hand. */
function roomSessionOf({ room, call, hands }: State): RoomSession | null {
  if (room.kind !== 'inside') return null;
  const { hand: _, ...roomSession } = room.roomSession;
  return {
    ...roomSession,
    ...(call.kind === 'active' ? { rejoin: { id: call.id, scope: call.scope } } : {}),
    ...(hands.own === NEVER_RAISED ? {} : { hand: hands.own }),
  };
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
