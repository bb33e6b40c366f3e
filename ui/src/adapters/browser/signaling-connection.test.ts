import { describe, expect, test } from 'vitest';

import { CLOSE, type ServerMessage } from '../../protocol/wire';
import { problemText } from '../../text/en/problems';
import {
  IDLE,
  stepConnection,
  type SignalingConnection,
  type ConnectionInput,
  type ConnectionOutput,
} from './signaling-connection';

const REQUEST = { room: '42', email: 'ana@example.org', status: 's1' };
const JOIN: ConnectionInput = { type: 'join', request: REQUEST, resume: null };
const OPENED: ConnectionInput = { type: 'opened' };
const CANDIDATE = { type: 'peer:candidate', to: 'b', payload: '{}' } as const;

function joined(resume: string, resumed = false): ConnectionInput {
  const message: ServerMessage = {
    type: 'room:joined',
    self: { id: 'a', email: REQUEST.email },
    room: REQUEST.room,
    participants: [],
    iceServers: [],
    iceTtl: 60,
    resume,
    resumed,
    limits: { participants: 12, messageBytes: 65_536 },
  };
  return { type: 'frame', message };
}

const IN_ROOM = [JOIN, OPENED, joined('token-1')];

/** Where the inputs lead, and what the last of them put out; `random` is one half. */
function run(...inputs: readonly ConnectionInput[]): {
  connection: SignalingConnection;
  out: readonly ConnectionOutput[];
} {
  let connection: SignalingConnection = IDLE;
  let out: readonly ConnectionOutput[] = [];
  for (const input of inputs) [connection, out] = stepConnection(connection, input, 0.5);
  return { connection, out };
}

function check(
  inputs: readonly ConnectionInput[],
  kind: SignalingConnection['kind'],
  out: readonly string[],
): void {
  const reached = run(...inputs);
  expect(reached.connection.kind).toBe(kind);
  expect(reached.out.map(inShort)).toEqual(out);
}

function inShort(output: ConnectionOutput): string {
  switch (output.type) {
    case 'transmit':
      return `transmit ${JSON.stringify(output.message)}`;
    case 'wake':
      return `wake ${output.ms}`;
    case 'remember':
      return `remember ${output.token}`;
    case 'emit':
      return output.event.type === 'signaling-message'
        ? `emit ${output.event.message.type}`
        : `emit ${output.event.type}`;
    case 'open':
    case 'drop':
    case 'probe':
    case 'rest':
    case 'forget':
      return output.type;
  }
}

const END = ['drop', 'rest', 'forget'];
const LOST_BY_NETWORK: ConnectionInput = { type: 'closed', code: 1006 };
const RETRY: ConnectionInput = { type: 'woken' };

describe('the first join', () => {
  test('opens a socket, says who joins, and is in the room', () => {
    check([JOIN], 'connecting', ['open', 'wake 10000', 'emit signaling-connecting']);
    check([JOIN, OPENED], 'connecting', [
      'transmit {"type":"room:join","room":"42","email":"ana@example.org","status":"s1"}',
    ]);
    check(IN_ROOM, 'joined', [
      'remember token-1',
      'wake 25000',
      'emit signaling-connected',
      'emit room:joined',
    ]);
  });

  test.each([
    ['relay', /lets no connection in.* Try again/],
    ['something-else', /no Snug relay .* Ask for a new invite link/],
    ['nothing', /does not answer.* Check your network/],
  ] as const)('that finds %s fails with a sentence of its own', (found, sentence) => {
    check([JOIN, LOST_BY_NETWORK], 'probing', ['drop', 'probe', 'wake 10000']);
    const { connection, out } = run(JOIN, LOST_BY_NETWORK, { type: 'probed', found });
    expect(connection.kind).toBe('idle');
    const last = out.at(-1);
    if (last?.type !== 'emit' || last.event.type !== 'signaling-failed') throw new Error('No.');
    expect(last.event.field).toBe('relay');
    expect(problemText(last.event.reason)).toMatch(sentence);
  });

  test('without an answer from socket or probe fails', () => {
    check([JOIN, RETRY], 'probing', ['drop', 'probe', 'wake 10000']);
    check([JOIN, RETRY, RETRY], 'idle', [...END, 'emit signaling-failed']);
  });

  test('that is refused passes the error on and stops', () => {
    const full: ServerMessage = { type: 'error', code: 'room-full', message: 'Full.' };
    check([JOIN, OPENED, { type: 'frame', message: full }], 'idle', [...END, 'emit error']);
  });

  test('to an overloaded relay or one that refuses us says so', () => {
    check([JOIN, { type: 'closed', code: CLOSE.overloaded }], 'idle', [
      ...END,
      'emit signaling-failed',
    ]);
    check([JOIN, { type: 'closed', code: CLOSE.policy }], 'idle', [
      ...END,
      'emit signaling-failed',
    ]);
  });
});

describe('a lost membership', () => {
  test('is resumed with its token; queued messages follow in order', () => {
    const lost = [...IN_ROOM, LOST_BY_NETWORK];
    check(lost, 'backoff', ['drop', 'wake 250', 'emit signaling-waiting']);
    const said: ConnectionInput[] = [
      { type: 'send', message: CANDIDATE },
      { type: 'send', message: { type: 'user:status', status: 's2' } },
      { type: 'send', message: { type: 'user:status', status: 's3' } },
    ];
    check([...lost, RETRY], 'connecting', ['open', 'wake 10000']);
    check([...lost, ...said, RETRY, OPENED], 'connecting', [
      'transmit {"type":"room:join","room":"42","email":"ana@example.org","status":"s3","resume":"token-1"}',
    ]);
    check([...lost, ...said, RETRY, OPENED, joined('token-2', true)], 'joined', [
      'remember token-2',
      'transmit {"type":"peer:candidate","to":"b","payload":"{}"}',
      'wake 25000',
      'emit signaling-connected',
      'emit room:joined',
    ]);
  });

  test('that was not kept is a fresh one without queued messages', () => {
    const fresh = [
      ...IN_ROOM,
      LOST_BY_NETWORK,
      { type: 'send', message: CANDIDATE } as const,
      RETRY,
      OPENED,
      joined('token-2'),
    ];
    check(fresh, 'joined', [
      'remember token-2',
      'wake 25000',
      'emit signaling-connected',
      'emit room:joined',
    ]);
  });

  test('is tried for ever later, up to fifteen seconds', () => {
    const delays: number[] = [];
    let [connection] = stepConnection(run(...IN_ROOM).connection, LOST_BY_NETWORK, 1);
    for (let round = 0; round < 8; round += 1) {
      [connection] = stepConnection(connection, RETRY, 1);
      const [next, out] = stepConnection(connection, LOST_BY_NETWORK, 1);
      connection = next;
      for (const output of out) if (output.type === 'wake') delays.push(output.ms);
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000]);
  });

  test('keeps the last 64 messages', () => {
    const sends = Array.from({ length: 70 }, (_, at): ConnectionInput => {
      return { type: 'send', message: { ...CANDIDATE, payload: String(at) } };
    });
    const { out } = run(...IN_ROOM, LOST_BY_NETWORK, ...sends, RETRY, OPENED, joined('t', true));
    const payloads = out.flatMap((output) =>
      output.type === 'transmit' && 'payload' in output.message ? [output.message.payload] : [],
    );
    expect(payloads).toHaveLength(64);
    expect(payloads[0]).toBe('6');
    expect(payloads.at(-1)).toBe('69');
  });

  test('is tried at once when the network is back', () => {
    check([...IN_ROOM, LOST_BY_NETWORK, { type: 'nudged' }], 'connecting', ['open', 'wake 10000']);
  });

  test('of a reloaded page is retried while the relay is down', () => {
    const reload: ConnectionInput = { type: 'join', request: REQUEST, resume: 'token-0' };
    check([reload, LOST_BY_NETWORK], 'backoff', ['drop', 'wake 250', 'emit signaling-waiting']);
  });

  test.each([
    ['restart', 1500],
    ['overloaded', 7500],
    ['rateExceeded', 7500],
    ['tooSlow', 7500],
    ['heartbeatLost', 250],
  ] as const)('by close code %s waits %i ms', (name, ms) => {
    check([...IN_ROOM, { type: 'closed', code: CLOSE[name] }], 'backoff', [
      'drop',
      `wake ${ms}`,
      'emit signaling-waiting',
    ]);
  });

  test('is tried again where the relay says that it passes', () => {
    const busy: ServerMessage = {
      type: 'error',
      code: 'rate-limited',
      message: 'Slower.',
      retryAfterMs: 1234,
    };
    const refused: ConnectionInput = { type: 'frame', message: busy };
    check([...IN_ROOM, LOST_BY_NETWORK, RETRY, OPENED, refused], 'backoff', [
      'drop',
      'wake 1234',
      'emit signaling-waiting',
    ]);
  });

  test('is not fought for with the tab that took it', () => {
    check([...IN_ROOM, { type: 'closed', code: CLOSE.takenOver }], 'idle', [
      ...END,
      'emit signaling-failed',
    ]);
  });
});

describe('silence', () => {
  const pong: ConnectionInput = { type: 'frame', message: { type: 'pong' } };

  test('is broken by a ping, and an answer ends the watch unheard', () => {
    check([...IN_ROOM, RETRY], 'pinging', ['transmit {"type":"ping"}', 'wake 10000']);
    check([...IN_ROOM, RETRY, pong], 'joined', ['wake 25000']);
  });

  test('after a ping is a lost connection', () => {
    check([...IN_ROOM, RETRY, RETRY], 'backoff', ['drop', 'wake 250', 'emit signaling-waiting']);
  });

  test('is not waited for after a sleep', () => {
    check([...IN_ROOM, { type: 'nudged' }], 'pinging', ['transmit {"type":"ping"}', 'wake 10000']);
  });
});

describe('leaving', () => {
  test('says so and forgets the membership', () => {
    check([...IN_ROOM, { type: 'leave' }], 'idle', ['transmit {"type":"room:leave"}', ...END]);
  });

  test('while the connection is down or was never up only ends it', () => {
    check([...IN_ROOM, LOST_BY_NETWORK, { type: 'leave' }], 'idle', END);
    check([JOIN, { type: 'leave' }], 'idle', END);
    check([{ type: 'leave' }], 'idle', []);
  });

  test('for another room leaves the first, keeps the second token', () => {
    const other: ConnectionInput = {
      type: 'join',
      request: { ...REQUEST, room: '43' },
      resume: 'token-43',
    };
    check([...IN_ROOM, other], 'connecting', [
      'transmit {"type":"room:leave"}',
      'drop',
      'rest',
      'open',
      'wake 10000',
      'emit signaling-connecting',
    ]);
  });
});
