import { expect, test } from 'vitest';

import { readVisit } from './visits';

const VISIT = {
  room: '42',
  email: 'ana@example.org',
  session: 's',
  relay: { kind: 'this-computer' },
  rejoin: null,
};

test.each([
  VISIT,
  { ...VISIT, rejoin: 'call' },
  { ...VISIT, relay: { kind: 'server', address: 'relay.example.org' } },
])('a visit is read as it was written', (visit) => {
  expect(readVisit(JSON.parse(JSON.stringify(visit)))).toEqual(visit);
});

test.each([
  null,
  'visit',
  {},
  { ...VISIT, room: 42 },
  { ...VISIT, session: undefined },
  { ...VISIT, rejoin: 1 },
  { ...VISIT, relay: { kind: 'server' } },
])('anything else is no visit', (value) => {
  expect(readVisit(value)).toBeNull();
});
