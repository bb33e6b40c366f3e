import { expect, test } from 'vitest';

import { readRoomSession } from './room-session';

const ROOM_SESSION = {
  room: '42',
  email: 'ana@example.org',
  session: 's',
  relay: { kind: 'this-computer' },
  rejoin: null,
  sealed: { secret: null, signing: 'b', load: 0 },
};

test.each([
  ROOM_SESSION,
  { ...ROOM_SESSION, rejoin: { id: 'call', scope: 'everybody' } },
  { ...ROOM_SESSION, relay: { kind: 'server', address: 'relay.example.org' } },
  { ...ROOM_SESSION, hand: { position: 'raised', at: 3 } },
  { ...ROOM_SESSION, blocked: ['one', 'two'] },
  { ...ROOM_SESSION, sealed: { secret: '1.a', signing: 'b', load: 3 } },
  {
    ...ROOM_SESSION,
    sealed: {
      secret: '2.a',
      signing: 'b',
      load: 3,
      epoch: '{}',
      passcode: { code: 'abcd', root: 'c' },
    },
  },
])('a room session is read as it was written', (roomSession) => {
  expect(readRoomSession(JSON.parse(JSON.stringify(roomSession)))).toEqual(roomSession);
});

test.each([
  null,
  'roomSession',
  {},
  { ...ROOM_SESSION, room: 42 },
  { ...ROOM_SESSION, session: undefined },
  { ...ROOM_SESSION, rejoin: 1 },
  { ...ROOM_SESSION, rejoin: { id: 1, scope: 'some' } },
  { ...ROOM_SESSION, rejoin: { id: 'call', scope: 'all' } },
  { ...ROOM_SESSION, relay: { kind: 'server' } },
  // It would be that of an open room, or have no keys.
  { ...ROOM_SESSION, sealed: undefined },
  { ...ROOM_SESSION, sealed: null },
  { ...ROOM_SESSION, sealed: { secret: '1.a', signing: 'b' } },
  { ...ROOM_SESSION, sealed: { secret: '1.a', signing: 'b', load: -1 } },
  { ...ROOM_SESSION, sealed: { secret: '1.a', signing: 'b', load: 0.5 } },
  { ...ROOM_SESSION, sealed: { signing: 'b', load: 0 } },
  { ...ROOM_SESSION, sealed: { ...ROOM_SESSION.sealed, passcode: null } },
  { ...ROOM_SESSION, sealed: { ...ROOM_SESSION.sealed, passcode: { code: 'abcd' } } },
  { ...ROOM_SESSION, sealed: { ...ROOM_SESSION.sealed, passcode: { code: 1, root: null } } },
])('anything else is no room session', (value) => {
  expect(readRoomSession(value)).toBeNull();
});

test.each([
  { position: 'raised' },
  { position: 'up', at: 3 },
  { position: 'lowered', at: 0 },
  'up',
])('unreadable_hand_is_none: %j', (hand) => {
  expect(readRoomSession({ ...ROOM_SESSION, hand })).toEqual(ROOM_SESSION);
});
