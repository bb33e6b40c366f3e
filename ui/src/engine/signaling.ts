// Signaling: the state of the relay connection, its messages, joining and leaving a room.
//
// Invariant: a lost relay ends no call. Only the person, or a membership that is lost for good,
// does.

import { leaveCall } from './call';
import { handleDelivered } from './call-message';
import { forgetDeclines } from './declines';
import type { PersonEvent, SignalingEvent } from './event';
import { joinProblem, type Problem } from './problem';
import { declineAll } from './ring';
import {
  handleIceServers,
  handleJoined,
  handleStatus,
  handleUserJoined,
  handleUserLeft,
  ICE_REFRESH_TIMER,
  REJOIN_TIMER,
} from './room';
import type { RoomSession } from './state';
import { ownStatus, writeStatus } from './status';
import { clearTimer, emit, insideRoom, setRoom, setTimer, type StepContext } from './step-context';
import type { Timer } from './timer';
import type { ErrorMessage, ServerMessage } from '../protocol/wire';

const REJOIN_ROOM_MS = 10_000;
const REJOIN_ROOM_TIMER: Timer = { kind: 'rejoin-room' };

type RoomPersonEvent = Extract<
  PersonEvent,
  { type: 'join-pressed' | 'join-cancelled' | 'leave-room-pressed' }
>;

export function handleRoomWish(context: StepContext, event: RoomPersonEvent): void {
  const { room } = context.state;
  switch (event.type) {
    case 'join-pressed':
      if (room.kind !== 'outside') return;
      context.state = { ...context.state, problem: null, call: { kind: 'none', ended: null } };
      setRoom(context, { kind: 'joining', roomSession: event.roomSession });
      return join(context, event.roomSession);
    case 'join-cancelled':
      return room.kind === 'joining' ? goOutside(context, null) : undefined;
    case 'leave-room-pressed':
      return room.kind === 'outside' ? undefined : goOutside(context, null);
  }
}

export function handleSignaling(context: StepContext, event: SignalingEvent): void {
  if (context.state.room.kind === 'outside') return;
  switch (event.type) {
    case 'signaling-connecting':
      context.state = { ...context.state, signaling: { kind: 'connecting' } };
      return;
    case 'signaling-connected':
      context.state = { ...context.state, signaling: { kind: 'connected' } };
      return;
    case 'signaling-waiting':
      context.state = { ...context.state, signaling: { kind: 'waiting', reason: event.reason } };
      return;
    case 'signaling-failed':
      return goOutside(context, { field: event.field, reason: event.reason });
    case 'signaling-message':
      return handleMessage(context, event.message);
  }
}

/** The rejoin was refused during a call: the call continues, and the rejoin is retried. */
export function handleRejoinRoomTimer(context: StepContext): void {
  const room = insideRoom(context);
  if (room !== null) join(context, room.roomSession);
}

export function handleIceRefreshTimer(context: StepContext): void {
  if (insideRoom(context) === null) return;
  emit(context, { type: 'signaling-send', message: { type: 'ice:refresh' } });
}

function handleMessage(context: StepContext, message: ServerMessage): void {
  switch (message.type) {
    case 'room:joined':
      return handleJoined(context, message);
    case 'user:joined':
      return handleUserJoined(context, message.user);
    case 'user:left':
      return handleUserLeft(context, message.id, message.reason);
    case 'user:status':
      return handleStatus(context, message.from, message.status);
    case 'ice:servers':
      return handleIceServers(context, message.iceServers, message.iceTtl);
    case 'error':
      return handleError(context, message);
    case 'room:left':
    case 'pong':
      return;
    case 'incoming:call':
    case 'call:accepted':
    case 'call:declined':
    case 'call:ended':
    case 'peer:nego:needed':
    case 'peer:nego:final':
    case 'peer:candidate':
      return handleDelivered(context, message);
  }
}

/** Only a refused join has an effect; other messages are repeated if needed. */
function handleError(context: StepContext, error: ErrorMessage): void {
  const { room, call } = context.state;
  const isOfJoin = error.about === 'room:join' || (room.kind === 'joining' && !error.about);
  if (!isOfJoin || error.code === 'already-joined') return;
  const problem = joinProblem(error);
  if (room.kind === 'joining' || call.kind === 'none' || call.kind === 'incoming') {
    return goOutside(context, problem);
  }
  context.state = {
    ...context.state,
    problem,
    signaling: { kind: 'waiting', reason: problem.reason },
  };
  setTimer(context, REJOIN_ROOM_TIMER, REJOIN_ROOM_MS);
}

function join(context: StepContext, roomSession: RoomSession): void {
  context.state = { ...context.state, signaling: { kind: 'connecting' } };
  const status = writeStatus(ownStatus(context.state));
  emit(context, { type: 'signaling-join', roomSession, status });
}

function goOutside(context: StepContext, problem: Problem | null): void {
  declineAll(context);
  leaveCall(context, 'left');
  forgetDeclines(context);
  for (const timer of [REJOIN_TIMER, REJOIN_ROOM_TIMER, ICE_REFRESH_TIMER])
    clearTimer(context, timer);
  setRoom(context, { kind: 'outside' });
  const call =
    context.state.call.kind === 'none'
      ? { ...context.state.call, ended: null }
      : context.state.call;
  context.state = { ...context.state, call, signaling: { kind: 'idle' }, problem };
  emit(context, { type: 'signaling-leave' });
}
