// The test of the connection: it borrows the signaling connection, and gives it back at every end.

import { expect, test } from 'vitest';

import type { Findings } from '../engine/connection-test/findings';
import type { SignalingEvent } from '../engine/event';
import type { PathFinding, TestPaths } from '../ports';
import type { ServerMessage } from '../protocol/wire';
import { testConnection } from './connection-test';
import { lendSignaling } from './lent-signaling';
import type { RoomSignaling } from './sealed-signaling';

const ROOM = { relay: { kind: 'this-computer' }, room: 'test-1', secret: 'secret' } as const;
const GATHERED: PathFinding = {
  gathered: { host: true, reflexive: false, relay: [], udpUnanswered: false },
};
const JOINED: ServerMessage = {
  type: 'room:joined',
  self: { id: 'me', email: 'connection test' },
  room: 'test-1',
  participants: [],
  iceServers: [{ urls: ['turn:relay.example'], username: 'u', credential: 'c' }],
  iceTtl: 60,
  resume: 'token',
  resumed: false,
  limits: { participants: 12, messageBytes: 65_536 },
};

function world(testPaths: TestPaths | null) {
  const asked: string[] = [];
  const engine: SignalingEvent[] = [];
  const told: Findings[] = [];
  let listener: ((event: SignalingEvent) => void) | null = null;
  let room: 'outside' | 'inside' = 'outside';
  const port: RoomSignaling = {
    listen: (heard) => {
      listener = heard;
    },
    join: (roomSession) => void asked.push(`join ${roomSession.room}`),
    joinAlone: ({ room: alone }) => void asked.push(`join ${alone}`),
    change: () => undefined,
    kept: (roomSession) => roomSession,
    leave: () => void asked.push('leave'),
    send: () => undefined,
  };
  const signaling = lendSignaling(
    port,
    (event) => engine.push(event),
    () => room === 'outside',
  );
  const load = (): Promise<TestPaths> =>
    testPaths === null ? Promise.reject(new Error('Not there.')) : Promise.resolve(testPaths);
  return {
    asked,
    engine,
    told,
    signaling,
    start: () =>
      testConnection({ signaling, connectionTest: { load }, now: () => 0 }, ROOM, (findings) =>
        told.push(findings),
      ),
    hear: (event: SignalingEvent) => listener?.(event),
    enter: () => {
      room = 'inside';
    },
  };
}

const heard = (message: ServerMessage): SignalingEvent => ({
  type: 'signaling-message',
  message,
  at: 0,
});
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test('test_uses_the_servers_of_the_relay_and_leaves', async () => {
  const used: unknown[] = [];
  const { asked, engine, told, start, hear } = world((servers, _, tell) => {
    used.push(servers);
    tell(GATHERED);
    tell({ relayed: { kind: 'failed' } });
    return Promise.resolve();
  });
  start();
  hear(heard(JOINED));
  expect(asked).toEqual(['join test-1']);
  await settled();
  expect(used).toEqual([[{ urls: ['turn:relay.example'], username: 'u', credential: 'c' }]]);
  expect(asked).toEqual(['join test-1', 'leave']);
  expect(engine).toEqual([]);
  expect(told.at(-1)).toMatchObject({
    relay: { kind: 'reached' },
    offered: { stun: true, turn: true },
    relayed: { kind: 'failed' },
  });
});

test('relay_that_is_not_reached_ends_the_test', () => {
  const { asked, told, start, hear } = world(null);
  start();
  const reason = { code: 'relay-silent' } as const;
  hear({ type: 'signaling-failed', field: 'relay', reason });
  expect(told.at(-1)?.relay).toEqual({ kind: 'unreachable', reason });
  expect(asked.at(-1)).toBe('leave');
});

test('refused_join_says_why', () => {
  const { told, start, hear } = world(null);
  start();
  const refusal = {
    type: 'error',
    code: 'server-full',
    message: 'Full.',
    about: 'room:join',
  } as const;
  hear(heard(refusal));
  expect(told.at(-1)?.relay).toMatchObject({
    reason: { code: 'relay-error', error: 'server-full' },
  });
});

test('stopped_test_leaves_at_once_and_tells_nothing_more', async () => {
  let signal: AbortSignal | null = null;
  const { asked, told, start, hear } = world((_, aborted, tell) => {
    signal = aborted;
    return settled().then(() => tell(GATHERED));
  });
  const stop = start();
  hear(heard(JOINED));
  await Promise.resolve();
  stop();
  const before = told.length;
  await settled();
  expect(signal).toMatchObject({ aborted: true });
  expect(told).toHaveLength(before);
  expect(asked).toEqual(['join test-1', 'leave']);
});

test('join_of_the_person_ends_the_test', () => {
  const { asked, engine, start, hear, signaling } = world(null);
  start();
  const roomSession = { room: '42', email: 'a', session: 's', relay: ROOM.relay, rejoin: null };
  signaling.join(roomSession, '', 'device');
  expect(asked).toEqual(['join test-1', 'leave', 'join 42']);
  hear({ type: 'signaling-connecting' });
  expect(engine).toEqual([{ type: 'signaling-connecting' }]);
});

test('in_a_room_the_connection_is_not_lent', () => {
  const { asked, start, enter } = world(null);
  enter();
  start()();
  expect(asked).toEqual([]);
});

test('code_that_does_not_load_ends_the_test', async () => {
  const { asked, told, start, hear } = world(null);
  start();
  hear(heard(JOINED));
  await settled();
  expect(told.at(-1)?.relay.kind).toBe('unreachable');
  expect(asked.at(-1)).toBe('leave');
});
