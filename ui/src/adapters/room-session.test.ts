import { expect, test } from 'vitest';

import { readRoomSession } from './room-session';

const ROOM_SESSION = {
  room: '42',
  email: 'ana@example.org',
  session: 's',
  relay: { kind: 'this-computer' },
  rejoin: null,
};

test.each([
  ROOM_SESSION,
  { ...ROOM_SESSION, rejoin: 'call' },
  { ...ROOM_SESSION, relay: { kind: 'server', address: 'relay.example.org' } },
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
  { ...ROOM_SESSION, relay: { kind: 'server' } },
])('anything else is no room session', (value) => {
  expect(readRoomSession(value)).toBeNull();
});
