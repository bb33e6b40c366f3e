// The signaling connection of a browser page as a pure step: connect, join, ping, back off,
// reconnect.
//
// Invariant: one socket and one timer at a time. A lost membership is rejoined automatically; the
// engine joins once. What the app's client does as well (`src-tauri/src/signaling/connection.rs`) is
// held to the same cases: `crates/signal-protocol/testdata/client-cases.json`.

import type { RelayEvent } from '../../engine/event';
import type { PlainProblem } from '../../engine/problem';
import { isKnownMessage } from '../../protocol/server-message';
import {
  CLOSE,
  LIMITS,
  type ClientMessage,
  type Directed,
  type ErrorMessage,
  type ServerMessage,
} from '../../protocol/wire';
import { isStable, nextDelay, overloadDelay, restartDelay } from './backoff';

/** Fields of `room:join`; `status` is the latest. */
export interface JoinRequest {
  readonly room: string;
  readonly email: string;
  readonly status: string;
  readonly device: string;
  /** Of a private room. */
  readonly proof?: string;
}

interface Membership {
  readonly request: JoinRequest;
  readonly resume: string | null;
  /** Whether the relay accepted a join before. Only then a loss is retried. */
  readonly wasInside: boolean;
  /** Tries since the last stable session. */
  readonly attempt: number;
  /** Messages to other members, queued until the next answer. */
  readonly queue: readonly Directed[];
}

/** Time and randomness of one step. */
export interface StepInput {
  /** In milliseconds, of a clock that nobody sets. */
  readonly now: number;
  /** In milliseconds since 1970. */
  readonly time: number;
  /** In 0.0..1.0. */
  readonly random: number;
}

export type SignalingConnection =
  | { readonly kind: 'idle' }
  /** The socket is opening. */
  | { readonly kind: 'connecting'; readonly membership: Membership }
  /** `room:join` is unanswered; `status` is the one in it. */
  | { readonly kind: 'joining'; readonly membership: Membership; readonly status: string }
  /** The first socket failed without a reason: an HTTP probe is running. */
  | { readonly kind: 'probing'; readonly membership: Membership }
  | { readonly kind: 'joined'; readonly membership: Membership; readonly since: number }
  /** Joined; a `ping` is unanswered. */
  | { readonly kind: 'pinging'; readonly membership: Membership; readonly since: number }
  /** Until the next try. */
  | { readonly kind: 'waiting'; readonly membership: Membership };

export type ConnectionInput =
  | { readonly type: 'join'; readonly request: JoinRequest; readonly resume: string | null }
  | { readonly type: 'leave' }
  | { readonly type: 'send'; readonly message: ClientMessage }
  | { readonly type: 'opened' }
  | { readonly type: 'closed'; readonly code: number }
  | { readonly type: 'frame'; readonly message: ServerMessage }
  | { readonly type: 'probed'; readonly found: Probe }
  | { readonly type: 'woken' }
  /** The network is back, or the page is visible again: retry at once. */
  | { readonly type: 'nudged' };

/** What answered at the relay's address. */
export type Probe = 'relay' | 'something-else' | 'nothing';

export type ConnectionOutput =
  | { readonly type: 'open' }
  | { readonly type: 'drop' }
  | { readonly type: 'transmit'; readonly message: ClientMessage }
  | { readonly type: 'probe' }
  /** Sets the timer, replacing the previous one. */
  | { readonly type: 'wake'; readonly ms: number }
  | { readonly type: 'rest' }
  | { readonly type: 'remember'; readonly request: JoinRequest; readonly token: string }
  | { readonly type: 'forget' }
  | { readonly type: 'emit'; readonly event: RelayEvent };

type Step = readonly [SignalingConnection, readonly ConnectionOutput[]];

export const IDLE: SignalingConnection = { kind: 'idle' };

const ANSWER_TIMEOUT_MS = 10_000;
const PING_INTERVAL_MS = 25_000;

export function stepConnection(
  connection: SignalingConnection,
  input: ConnectionInput,
  step: StepInput,
): Step {
  switch (input.type) {
    case 'join':
      return join(connection, input.request, input.resume);
    case 'leave':
      return leave(connection);
    case 'send':
      return send(connection, input.message);
    case 'opened':
      return opened(connection);
    case 'closed':
      return closed(connection, input.code, step);
    case 'frame':
      return frame(connection, input.message, step);
    case 'probed':
      return connection.kind === 'probing' ? fail('relay', PROBED[input.found]) : [connection, []];
    case 'woken':
      return woken(connection, step);
    case 'nudged':
      return nudged(connection);
  }
}

function join(connection: SignalingConnection, request: JoinRequest, resume: string | null): Step {
  const kept = placeIn(connection, request);
  const [, before] = kept === null ? leave(connection) : ([connection, []] as const);
  const token = kept ?? resume;
  const membership = { request, resume: token, wasInside: token !== null, attempt: 0, queue: [] };
  // Leaving removes the token of the old membership, not of the new one.
  const outputs = before.filter((output) => output.type !== 'forget');
  return [
    { kind: 'connecting', membership },
    [...outputs, emit({ type: 'signaling-connecting' }), { type: 'open' }, wake(ANSWER_TIMEOUT_MS)],
  ];
}

/** The token of the place that this join asks for again. */
function placeIn(connection: SignalingConnection, request: JoinRequest): string | null {
  if (connection.kind === 'idle') return null;
  const { request: old, resume } = connection.membership;
  return old.room === request.room && old.email === request.email ? resume : null;
}

function leave(connection: SignalingConnection): Step {
  if (connection.kind === 'idle') return [connection, []];
  const goodbye: ConnectionOutput[] = hasSaidJoin(connection)
    ? [{ type: 'transmit', message: { type: 'room:leave' } }]
    : [];
  return [IDLE, [...goodbye, ...END]];
}

function send(connection: SignalingConnection, message: ClientMessage): Step {
  if (connection.kind === 'idle') return [connection, []];
  const { membership } = connection;
  switch (message.type) {
    case 'user:status': {
      const request = { ...membership.request, status: message.status };
      const told = { ...connection, membership: { ...membership, request } };
      // The join carries the newest status, or the answer brings it out.
      return [told, isUp(connection) ? [{ type: 'transmit', message }] : []];
    }
    case 'user:call':
    case 'call:accepted':
    case 'call:declined':
    case 'call:ended':
    case 'peer:nego:needed':
    case 'peer:nego:done':
    case 'peer:candidate':
    case 'user:message': {
      if (isUp(connection)) return [connection, [{ type: 'transmit', message }]];
      const queue = [...membership.queue, message].slice(-LIMITS.resumeMessages);
      return [{ ...connection, membership: { ...membership, queue } }, []];
    }
    case 'ice:refresh':
    case 'ping':
    case 'room:join':
    case 'room:leave':
      // The next `room:joined` brings new ICE servers; the others need no answer.
      return [connection, isUp(connection) ? [{ type: 'transmit', message }] : []];
  }
}

function opened(connection: SignalingConnection): Step {
  if (connection.kind !== 'connecting') return [connection, []];
  const { membership } = connection;
  return [
    { kind: 'joining', membership, status: membership.request.status },
    [joinMessage(membership), wake(ANSWER_TIMEOUT_MS)],
  ];
}

function frame(connection: SignalingConnection, message: ServerMessage, step: StepInput): Step {
  if (connection.kind === 'joining') {
    if (message.type === 'room:joined') return welcomed(connection, message, step);
    if (message.type === 'error' && isOfJoin(message)) {
      return refused(connection.membership, message, step);
    }
    return [connection, []];
  }
  if (!isUp(connection)) return [connection, []];
  const { membership, since } = connection;
  const isForEngine = message.type !== 'pong' && isKnownMessage(message);
  return [
    { kind: 'joined', membership, since },
    [wake(PING_INTERVAL_MS), ...(isForEngine ? [heard(message, step.time)] : [])],
  ];
}

function welcomed(
  { membership, status: said }: Extract<SignalingConnection, { kind: 'joining' }>,
  message: Extract<ServerMessage, { type: 'room:joined' }>,
  { now, time }: StepInput,
): Step {
  const { request } = membership;
  const { status } = request;
  const changed: ClientMessage[] = status === said ? [] : [{ type: 'user:status', status }];
  // After a fresh join all ids may be new, so the queue is dropped. The engine repeats messages
  // that still matter.
  const queue = message.resumed ? membership.queue : [];
  const joined = { ...membership, resume: message.resume, wasInside: true, queue: [] };
  return [
    { kind: 'joined', membership: joined, since: now },
    [
      { type: 'remember', request, token: message.resume },
      ...[...changed, ...queue].map((queued): ConnectionOutput => ({
        type: 'transmit',
        message: queued,
      })),
      wake(PING_INTERVAL_MS),
      emit({ type: 'signaling-connected' }),
      heard(message, time),
    ],
  ];
}

function refused(membership: Membership, error: ErrorMessage, step: StepInput): Step {
  const passes =
    error.code === 'server-full' || error.code === 'shutting-down' || error.code === 'rate-limited';
  if (membership.wasInside && passes) {
    const ms = Math.max(nextDelay(membership.attempt, step.random), error.retryAfterMs ?? 0);
    return wait(tried(membership), ms);
  }
  return [IDLE, [...END, heard({ ...error, type: 'error', about: 'room:join' }, step.time)]];
}

function closed(connection: SignalingConnection, code: number, step: StepInput): Step {
  switch (connection.kind) {
    case 'idle':
    case 'probing':
    case 'waiting':
      return [connection, []];
    case 'connecting':
    case 'joining':
    case 'joined':
    case 'pinging':
      break;
  }
  if (code === CLOSE.takenOver) {
    return fail('room', 'opened-elsewhere');
  }
  if (code === CLOSE.policy) {
    return fail('relay', 'relay-refuses-page');
  }
  const membership = afterSession(connection, step);
  if (!membership.wasInside) {
    return code === CLOSE.overloaded ? fail('relay', 'relay-overloaded') : probe(membership);
  }
  switch (code) {
    case CLOSE.restart:
      return wait(membership, restartDelay(step.random));
    case CLOSE.overloaded:
    case CLOSE.tooSlow:
    case CLOSE.rateExceeded:
      return wait(tried(membership), overloadDelay(step.random));
    default:
      return lost(membership, step);
  }
}

function woken(connection: SignalingConnection, step: StepInput): Step {
  switch (connection.kind) {
    case 'idle':
      return [connection, []];
    case 'joined':
      return ping(connection);
    case 'waiting':
      return reconnect(connection.membership);
    case 'probing':
      return fail('relay', PROBED.nothing);
    case 'connecting':
    case 'joining':
      return connection.membership.wasInside
        ? lost(connection.membership, step)
        : probe(connection.membership);
    case 'pinging':
      return lost(afterSession(connection, step), step);
  }
}

function nudged(connection: SignalingConnection): Step {
  if (connection.kind === 'waiting') return reconnect(connection.membership);
  // After a sleep or a network change the socket may be dead without an event.
  if (connection.kind === 'joined') return ping(connection);
  return [connection, []];
}

function ping({ membership, since }: Extract<SignalingConnection, { kind: 'joined' }>): Step {
  return [
    { kind: 'pinging', membership, since },
    [{ type: 'transmit', message: { type: 'ping' } }, wake(ANSWER_TIMEOUT_MS)],
  ];
}

function reconnect(membership: Membership): Step {
  return [{ kind: 'connecting', membership }, [{ type: 'open' }, wake(ANSWER_TIMEOUT_MS)]];
}

function probe(membership: Membership): Step {
  return [
    { kind: 'probing', membership },
    [{ type: 'drop' }, { type: 'probe' }, wake(ANSWER_TIMEOUT_MS)],
  ];
}

/** A stable session makes the next try a first one. */
function afterSession(
  connection: Exclude<SignalingConnection, { kind: 'idle' }>,
  { now }: StepInput,
): Membership {
  const { membership } = connection;
  const wasStable = isUp(connection) && isStable(now - connection.since);
  return wasStable ? { ...membership, attempt: 0 } : membership;
}

function lost(membership: Membership, step: StepInput): Step {
  return wait(tried(membership), nextDelay(membership.attempt, step.random));
}

function wait(membership: Membership, ms: number): Step {
  return [
    { kind: 'waiting', membership },
    [
      { type: 'drop' },
      wake(ms),
      emit({ type: 'signaling-waiting', reason: { code: 'relay-lost' } }),
    ],
  ];
}

function tried(membership: Membership): Membership {
  return { ...membership, attempt: membership.attempt + 1 };
}

function fail(field: 'room' | 'relay', code: PlainProblem): Step {
  return [IDLE, [...END, emit({ type: 'signaling-failed', field, reason: { code } })]];
}

const PROBED: Readonly<Record<Probe, PlainProblem>> = {
  nothing: 'relay-silent',
  'something-else': 'relay-gone',
  relay: 'relay-refuses-sockets',
};

const END: readonly ConnectionOutput[] = [{ type: 'drop' }, { type: 'rest' }, { type: 'forget' }];

function isUp(
  connection: SignalingConnection,
): connection is Extract<SignalingConnection, { kind: 'joined' | 'pinging' }> {
  return connection.kind === 'joined' || connection.kind === 'pinging';
}

/** Whether the relay was asked for a place on this socket. */
function hasSaidJoin(connection: SignalingConnection): boolean {
  return connection.kind === 'joining' || isUp(connection);
}

/** An error that says no type comes before the relay knows of anything but the join. */
function isOfJoin({ about }: ErrorMessage): boolean {
  return about === undefined || about === 'room:join';
}

function joinMessage({ request, resume }: Membership): ConnectionOutput {
  const message: ClientMessage = { type: 'room:join', ...request };
  return {
    type: 'transmit',
    message: resume === null ? message : { ...message, resume },
  };
}

function wake(ms: number): ConnectionOutput {
  return { type: 'wake', ms };
}

function heard(message: ServerMessage, at: number): ConnectionOutput {
  return emit({ type: 'signaling-message', message, at });
}

function emit(event: RelayEvent): ConnectionOutput {
  return { type: 'emit', event };
}
