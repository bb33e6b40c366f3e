// The signaling connection of a browser page as a pure step: connect, join, ping, back off,
// reconnect.
//
// Invariant: one socket and one timer at a time. A lost membership is rejoined automatically; the
// engine joins once.

import type { SignalingEvent } from '../../engine/event';
import type { PlainProblem } from '../../engine/problem';
import { CLOSE, LIMITS, type ClientMessage, type ServerMessage } from '../../protocol/wire';

/** Fields of `room:join`; `status` is the latest. */
export interface JoinRequest {
  readonly room: string;
  readonly email: string;
  readonly status: string;
}

interface Membership {
  readonly request: JoinRequest;
  readonly resume: string | null;
  /** Whether the relay accepted a join before. Only then a loss is retried. */
  readonly wasInside: boolean;
  readonly attempt: number;
  /** Messages queued while the socket is down. */
  readonly queue: readonly ClientMessage[];
}

export type SignalingConnection =
  | { readonly kind: 'idle' }
  /** The socket is opening, or `room:join` is unanswered. */
  | { readonly kind: 'connecting'; readonly membership: Membership }
  /** The first socket failed without a reason: an HTTP probe is running. */
  | { readonly kind: 'probing'; readonly membership: Membership }
  | { readonly kind: 'joined'; readonly membership: Membership }
  /** Joined; a `ping` is unanswered. */
  | { readonly kind: 'pinging'; readonly membership: Membership }
  | { readonly kind: 'backoff'; readonly membership: Membership };

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
  | { readonly type: 'emit'; readonly event: SignalingEvent };

type Step = readonly [SignalingConnection, readonly ConnectionOutput[]];

export const IDLE: SignalingConnection = { kind: 'idle' };

const ANSWER_TIMEOUT_MS = 10_000;
const PING_INTERVAL_MS = 25_000;
const MAX_RESTART_DELAY_MS = 3_000;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;
/** Backoff attempt after an overload: long delays. */
const OVERLOAD_ATTEMPT = 5;

/** `random` is in 0.0..1.0, drawn for this step. */
export function stepConnection(
  connection: SignalingConnection,
  input: ConnectionInput,
  random: number,
): Step {
  switch (input.type) {
    case 'join':
      return join(connection, input.request, input.resume);
    case 'leave':
      return leave(connection);
    case 'send':
      return send(connection, input.message);
    case 'opened':
      return connection.kind === 'connecting'
        ? [connection, [joinMessage(connection.membership)]]
        : [connection, []];
    case 'closed':
      return closed(connection, input.code, random);
    case 'frame':
      return frame(connection, input.message, random);
    case 'probed':
      return connection.kind === 'probing' ? fail('relay', PROBED[input.found]) : [connection, []];
    case 'woken':
      return woken(connection, random);
    case 'nudged':
      return nudged(connection);
  }
}

function join(connection: SignalingConnection, request: JoinRequest, resume: string | null): Step {
  const [, before] = leave(connection);
  const membership = { request, resume, wasInside: resume !== null, attempt: 0, queue: [] };
  // Leaving removes the token of the old membership, not of the new one.
  const outputs = before.filter((output) => output.type !== 'forget');
  return [
    { kind: 'connecting', membership },
    [...outputs, { type: 'open' }, wake(ANSWER_TIMEOUT_MS), emit({ type: 'signaling-connecting' })],
  ];
}

function leave(connection: SignalingConnection): Step {
  if (connection.kind === 'idle') return [connection, []];
  const goodbye: ConnectionOutput[] = isUp(connection)
    ? [{ type: 'transmit', message: { type: 'room:leave' } }]
    : [];
  return [IDLE, [...goodbye, ...END]];
}

function send(connection: SignalingConnection, message: ClientMessage): Step {
  if (connection.kind === 'idle') return [connection, []];
  const membership = isStatus(message)
    ? {
        ...connection.membership,
        request: { ...connection.membership.request, status: message.status },
      }
    : connection.membership;
  if (isUp(connection)) return [{ ...connection, membership }, [{ type: 'transmit', message }]];
  // The next join carries the latest status.
  if (isStatus(message)) return [{ ...connection, membership }, []];
  const queue = [...membership.queue, message].slice(-LIMITS.resumeMessages);
  return [{ ...connection, membership: { ...membership, queue } }, []];
}

function frame(connection: SignalingConnection, message: ServerMessage, random: number): Step {
  if (connection.kind === 'connecting') return answered(connection.membership, message, random);
  if (!isUp(connection)) return [connection, []];
  return [
    { kind: 'joined', membership: connection.membership },
    [wake(PING_INTERVAL_MS), ...(message.type === 'pong' ? [] : [heard(message)])],
  ];
}

/** The first frame after `room:join`. */
function answered(membership: Membership, message: ServerMessage, random: number): Step {
  if (message.type === 'room:joined') {
    const { request } = membership;
    // After a fresh join all ids may be new, so the queue is dropped. The engine repeats messages
    // that still matter.
    const queue = message.resumed ? membership.queue : [];
    const joined = { request, resume: message.resume, wasInside: true, attempt: 0, queue: [] };
    return [
      { kind: 'joined', membership: joined },
      [
        { type: 'remember', request, token: message.resume },
        ...queue.map((queued): ConnectionOutput => ({ type: 'transmit', message: queued })),
        wake(PING_INTERVAL_MS),
        emit({ type: 'signaling-connected' }),
        heard(message),
      ],
    ];
  }
  if (message.type !== 'error') return [{ kind: 'connecting', membership }, []];
  const passing =
    message.code === 'server-full' ||
    message.code === 'shutting-down' ||
    message.code === 'rate-limited';
  if (membership.wasInside && passing) {
    return lost(membership, message.retryAfterMs ?? delay(OVERLOAD_ATTEMPT, random));
  }
  return [IDLE, [...END, heard(message)]];
}

function closed(connection: SignalingConnection, code: number, random: number): Step {
  switch (connection.kind) {
    case 'idle':
    case 'probing':
    case 'backoff':
      return [connection, []];
    case 'connecting':
    case 'joined':
    case 'pinging':
      break;
  }
  const { membership } = connection;
  if (code === CLOSE.takenOver) {
    return fail('room', 'opened-elsewhere');
  }
  if (code === CLOSE.policy) {
    return fail('relay', 'relay-refuses-page');
  }
  if (!membership.wasInside) {
    return code === CLOSE.overloaded
      ? fail('relay', 'relay-overloaded')
      : [
          { kind: 'probing', membership },
          [{ type: 'drop' }, { type: 'probe' }, wake(ANSWER_TIMEOUT_MS)],
        ];
  }
  switch (code) {
    case CLOSE.restart:
    case CLOSE.goingAway:
      return lost(membership, Math.round(random * MAX_RESTART_DELAY_MS));
    case CLOSE.overloaded:
    case CLOSE.tooSlow:
    case CLOSE.rateExceeded:
      return lost(membership, delay(OVERLOAD_ATTEMPT, random));
    default:
      return lost(membership, delay(membership.attempt, random));
  }
}

function woken(connection: SignalingConnection, random: number): Step {
  switch (connection.kind) {
    case 'idle':
      return [connection, []];
    case 'joined':
      return ping(connection.membership);
    case 'backoff':
      return reconnect(connection.membership);
    case 'probing':
      return fail('relay', PROBED.nothing);
    case 'connecting':
      return connection.membership.wasInside
        ? lost(connection.membership, delay(connection.membership.attempt, random))
        : [
            { kind: 'probing', membership: connection.membership },
            [{ type: 'drop' }, { type: 'probe' }, wake(ANSWER_TIMEOUT_MS)],
          ];
    case 'pinging':
      return lost(connection.membership, delay(0, random));
  }
}

function nudged(connection: SignalingConnection): Step {
  if (connection.kind === 'backoff') return reconnect(connection.membership);
  // After a sleep or a network change the socket may be dead without an event.
  if (connection.kind === 'joined') return ping(connection.membership);
  return [connection, []];
}

function ping(membership: Membership): Step {
  return [
    { kind: 'pinging', membership },
    [{ type: 'transmit', message: { type: 'ping' } }, wake(ANSWER_TIMEOUT_MS)],
  ];
}

function reconnect(membership: Membership): Step {
  return [{ kind: 'connecting', membership }, [{ type: 'open' }, wake(ANSWER_TIMEOUT_MS)]];
}

function lost(membership: Membership, ms: number): Step {
  return [
    { kind: 'backoff', membership: { ...membership, attempt: membership.attempt + 1 } },
    [
      { type: 'drop' },
      wake(ms),
      emit({ type: 'signaling-waiting', reason: { code: 'relay-lost' } }),
    ],
  ];
}

function fail(field: 'room' | 'relay', code: PlainProblem): Step {
  return [IDLE, [...END, emit({ type: 'signaling-failed', field, reason: { code } })]];
}

/** Exponential backoff with full jitter: clients do not reconnect all at once. */
function delay(attempt: number, random: number): number {
  return Math.round(random * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt));
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

function isStatus(
  message: ClientMessage,
): message is Extract<ClientMessage, { type: 'user:status' }> {
  return message.type === 'user:status';
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

function heard(message: ServerMessage): ConnectionOutput {
  return emit({ type: 'signaling-message', message });
}

function emit(event: SignalingEvent): ConnectionOutput {
  return { type: 'emit', event };
}
