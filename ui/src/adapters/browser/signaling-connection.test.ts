// What only a browser's client does: the probe behind a socket that does not open, the token of the
// tab, and what its window notices. The rest is in `client-cases.test.ts`.

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

const REQUEST = { room: '42', email: 'ana@example.org', status: 's1', device: 'd' };
const JOIN: ConnectionInput = { type: 'join', request: REQUEST, resume: null };
const OPENED: ConnectionInput = { type: 'opened' };

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

const STEP = { now: 0, time: 0, random: 0.5 };

/** Where the inputs lead, and what the last of them returned. */
function run(...inputs: readonly ConnectionInput[]): {
  connection: SignalingConnection;
  out: readonly ConnectionOutput[];
} {
  let connection: SignalingConnection = IDLE;
  let out: readonly ConnectionOutput[] = [];
  for (const input of inputs) [connection, out] = stepConnection(connection, input, STEP);
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
  test('waits for its socket, and once more for the answer', () => {
    check([JOIN], 'connecting', ['emit signaling-connecting', 'open', 'wake 10000']);
    expect(run(JOIN, OPENED).out.at(-1)).toEqual({ type: 'wake', ms: 10_000 });
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

describe('the token of the tab', () => {
  test('is remembered after each join', () => {
    expect(run(...IN_ROOM).out[0]).toEqual({
      type: 'remember',
      request: REQUEST,
      token: 'token-1',
    });
    expect(
      run(...IN_ROOM, LOST_BY_NETWORK, RETRY, OPENED, joined('token-2', true)).out[0],
    ).toMatchObject({ type: 'remember', token: 'token-2' });
  });

  test('of a reloaded page is retried while the relay is down', () => {
    const reload: ConnectionInput = { type: 'join', request: REQUEST, resume: 'token-0' };
    check([reload, LOST_BY_NETWORK], 'waiting', ['drop', 'wake 750', 'emit signaling-waiting']);
  });

  test('is forgotten with its place', () => {
    check([...IN_ROOM, { type: 'leave' }], 'idle', ['transmit {"type":"room:leave"}', ...END]);
    check([...IN_ROOM, LOST_BY_NETWORK, { type: 'leave' }], 'idle', END);
    check([JOIN, { type: 'leave' }], 'idle', END);
    check([{ type: 'leave' }], 'idle', []);
    check([...IN_ROOM, { type: 'closed', code: CLOSE.takenOver }], 'idle', [
      ...END,
      'emit signaling-failed',
    ]);
    const full: ServerMessage = { type: 'error', code: 'room-full', message: 'Full.' };
    check([JOIN, OPENED, { type: 'frame', message: full }], 'idle', [...END, 'emit error']);
  });

  test('of another room stays when the first is left for it', () => {
    const other: ConnectionInput = {
      type: 'join',
      request: { ...REQUEST, room: '43' },
      resume: 'token-43',
    };
    check([...IN_ROOM, other], 'connecting', [
      'transmit {"type":"room:leave"}',
      'drop',
      'rest',
      'emit signaling-connecting',
      'open',
      'wake 10000',
    ]);
    expect(run(...IN_ROOM, other, OPENED).out[0]).toMatchObject({
      message: { type: 'room:join', room: '43', resume: 'token-43' },
    });
  });
});

describe('a window that is back', () => {
  test('waits for its socket again', () => {
    check([...IN_ROOM, LOST_BY_NETWORK, { type: 'nudged' }], 'connecting', ['open', 'wake 10000']);
  });

  test('asks a silent relay at once', () => {
    check([...IN_ROOM, { type: 'nudged' }], 'pinging', ['transmit {"type":"ping"}', 'wake 10000']);
  });
});
