// The room: the signaling connection, joining and leaving, and what the relay says.
//
// Invariant: a lost relay ends no call. Only the person, or a membership that is lost for good,
// does.

import type { EntryEvent } from '../entry/events';
import { joinProblem } from '../problem';
import { emit, insideRoom, notify, setRoom, setTimer, type StepContext } from '../step-context';
import { writeStatus } from '../wire/status';
import type { Delivered, ErrorMessage, ServerMessage } from '../../protocol/wire';
import type { RoomPersonEvent, RoomTimer, SignalingEvent } from './events';
import { leaveRoom } from './commands';
import { handleIceRefreshTimer, handleIceServers } from './ice-servers';
import {
  handleJoined,
  handleStatus,
  handleUserBack,
  handleUserJoined,
  handleUserLeft,
  handleUserLost,
} from './members';
import { ownStatus } from './queries';
import { REJOIN_ROOM_TIMER } from './rejoin-timer';
import type { RoomSession } from './state';

const REJOIN_ROOM_MS = 10_000;

export function handleRoomWish(context: StepContext, event: RoomPersonEvent): void {
  const { room } = context.state;
  switch (event.type) {
    case 'join-pressed':
      if (room.kind !== 'outside') return;
      context.state = { ...context.state, problem: null };
      context.raise({ type: 'room-joining' });
      setRoom(context, { kind: 'joining', roomSession: event.roomSession });
      return join(context, event.roomSession);
    case 'join-cancelled':
      return room.kind === 'joining' ? leaveRoom(context, null) : undefined;
    case 'leave-room-pressed':
      return room.kind === 'outside' ? undefined : leaveRoom(context, null);
    case 'problem-dismissed':
      context.state = { ...context.state, problem: null };
      return;
  }
}

type ConnectionEvent = Exclude<SignalingEvent, EntryEvent | { type: 'signaling-message' }>;

export function handleSignaling(context: StepContext, event: ConnectionEvent): void {
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
      return leaveRoom(context, { field: event.field, reason: event.reason });
    case 'signaling-stranger':
      return notify(context, { code: 'unproven-member' }, null);
  }
}

export function handleRoomTimer(context: StepContext, { kind }: RoomTimer): void {
  switch (kind) {
    case 'rejoin-room':
      return handleRejoinRoomTimer(context);
    case 'ice-refresh':
      return handleIceRefreshTimer(context);
  }
}

export function handleRoomMessage(
  context: StepContext,
  message: Exclude<ServerMessage, Delivered>,
): void {
  switch (message.type) {
    case 'room:joined':
      return handleJoined(context, message);
    case 'user:joined':
      return handleUserJoined(context, message.user);
    case 'user:left':
      return handleUserLeft(context, message);
    case 'user:lost':
      return handleUserLost(context, message.id);
    case 'user:back':
      return handleUserBack(context, message.id);
    case 'user:status':
      return handleStatus(context, message.from, message.status);
    case 'ice:servers':
      return handleIceServers(context, message.iceServers, message.iceTtl);
    case 'error':
      return handleError(context, message);
    case 'room:left':
    case 'pong':
      return;
  }
}

/** The rejoin was refused during a call: the call continues, and the rejoin is retried. */
function handleRejoinRoomTimer(context: StepContext): void {
  const room = insideRoom(context);
  if (room !== null) join(context, room.roomSession);
}

/** Only a refused join has an effect; other messages are repeated if needed. */
function handleError(context: StepContext, error: ErrorMessage): void {
  const { room, call } = context.state;
  const isOfJoin = error.about === 'room:join' || (room.kind === 'joining' && !error.about);
  if (!isOfJoin || error.code === 'already-joined') return;
  const problem = joinProblem(error);
  if (room.kind === 'joining' || call.kind === 'none' || call.kind === 'incoming') {
    return leaveRoom(context, problem);
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
