// The way to the relay and what comes over it, and the way into a room and out of it.
//
// Invariant: trouble with the relay never ends a call; only the person, or a place that is lost for
// good, does.

import { leaveCall } from './call';
import { handleDelivered } from './call-message';
import { forgetDeclines } from './declines';
import type { PersonEvent, SignalingEvent } from './event';
import { joinProblem } from './problem';
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
import type { Problem, Visit } from './state';
import { ownStatus, writeStatus } from './status';
import { clearTimer, emit, insideRoom, setRoom, setTimer, type Turn } from './turn';
import type { ErrorMessage, ServerMessage } from '../protocol/wire';

const REJOIN_ROOM_MS = 10_000;
export const REJOIN_ROOM_TIMER = 'rejoin-room';

type RoomPersonEvent = Extract<
  PersonEvent,
  { type: 'join-pressed' | 'join-cancelled' | 'leave-room-pressed' }
>;

export function handleRoomWish(turn: Turn, event: RoomPersonEvent): void {
  const { room } = turn.state;
  switch (event.type) {
    case 'join-pressed':
      if (room.kind !== 'outside') return;
      turn.state = { ...turn.state, problem: null, call: { kind: 'none', ended: null } };
      setRoom(turn, { kind: 'joining', visit: event.visit });
      return join(turn, event.visit);
    case 'join-cancelled':
      return room.kind === 'joining' ? goOutside(turn, null) : undefined;
    case 'leave-room-pressed':
      return room.kind === 'outside' ? undefined : goOutside(turn, null);
  }
}

export function handleSignaling(turn: Turn, event: SignalingEvent): void {
  if (turn.state.room.kind === 'outside') return;
  switch (event.type) {
    case 'signaling-connecting':
      turn.state = { ...turn.state, signaling: { kind: 'connecting' } };
      return;
    case 'signaling-connected':
      turn.state = { ...turn.state, signaling: { kind: 'connected' } };
      return;
    case 'signaling-waiting':
      turn.state = { ...turn.state, signaling: { kind: 'waiting', message: event.message } };
      return;
    case 'signaling-failed':
      return goOutside(turn, { field: event.field, message: event.message });
    case 'signaling-message':
      return handleMessage(turn, event.message);
  }
}

/** The place was refused while a call was on; the call goes on, and the place is tried again. */
export function handleRejoinRoomTimer(turn: Turn): void {
  const room = insideRoom(turn);
  if (room !== null) join(turn, room.visit);
}

export function handleIceRefreshTimer(turn: Turn): void {
  if (insideRoom(turn) === null) return;
  emit(turn, { type: 'signaling-send', message: { type: 'ice:refresh' } });
}

function handleMessage(turn: Turn, message: ServerMessage): void {
  switch (message.type) {
    case 'room:joined':
      return handleJoined(turn, message);
    case 'user:joined':
      return handleUserJoined(turn, message.user);
    case 'user:left':
      return handleUserLeft(turn, message.id, message.reason);
    case 'user:status':
      return handleStatus(turn, message.from, message.status);
    case 'ice:servers':
      return handleIceServers(turn, message.iceServers, message.iceTtl);
    case 'error':
      return handleError(turn, message);
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
      return handleDelivered(turn, message);
  }
}

/** Only a refused join changes anything: all else is said again where it still matters. */
function handleError(turn: Turn, error: ErrorMessage): void {
  const { room, call } = turn.state;
  const isOfJoin = error.about === 'room:join' || (room.kind === 'joining' && !error.about);
  if (!isOfJoin || error.code === 'already-joined') return;
  const problem = joinProblem(error);
  if (room.kind === 'joining' || call.kind === 'none' || call.kind === 'incoming') {
    return goOutside(turn, problem);
  }
  turn.state = { ...turn.state, problem, signaling: { kind: 'waiting', message: problem.message } };
  setTimer(turn, REJOIN_ROOM_TIMER, REJOIN_ROOM_MS);
}

function join(turn: Turn, visit: Visit): void {
  turn.state = { ...turn.state, signaling: { kind: 'connecting' } };
  const status = writeStatus(ownStatus(turn.state));
  emit(turn, { type: 'signaling-join', visit, status });
}

function goOutside(turn: Turn, problem: Problem | null): void {
  declineAll(turn);
  leaveCall(turn, 'left');
  forgetDeclines(turn);
  for (const timer of [REJOIN_TIMER, REJOIN_ROOM_TIMER, ICE_REFRESH_TIMER]) clearTimer(turn, timer);
  setRoom(turn, { kind: 'outside' });
  const call =
    turn.state.call.kind === 'none' ? { ...turn.state.call, ended: null } : turn.state.call;
  turn.state = { ...turn.state, call, signaling: { kind: 'idle' }, problem };
  emit(turn, { type: 'signaling-leave' });
}
