import { expect, test } from 'vitest';

import { readRoom } from './invite';

const HTTPS = 'https://relay.example.org';
const LAN = 'http://192.168.1.5:8787';

test.each([
  [HTTPS, 'https://relay.example.org/r/42', '42'],
  [HTTPS, ' https://relay.example.org/r/a.b_c-d/ ', 'a.b_c-d'],
  [HTTPS, 'https://RELAY.example.org/r/42?x#y', '42'],
  [HTTPS, 'snug://relay.example.org/r/42', '42'],
  [LAN, 'http://192.168.1.5:8787/r/42', '42'],
  [LAN, 'snug://192.168.1.5:8787/r/42', '42'],
  [HTTPS, 'https://other.example.org/r/42', null],
  [HTTPS, 'http://relay.example.org/r/42', null],
  [LAN, 'snug://192.168.1.5:9000/r/42', null],
  [HTTPS, 'https://relay.example.org/', null],
  [HTTPS, 'https://relay.example.org/r/', null],
  [HTTPS, 'https://relay.example.org/r/..', null],
  [HTTPS, 'https://relay.example.org/r/a b', null],
  [HTTPS, `https://relay.example.org/r/${'a'.repeat(129)}`, null],
  [HTTPS, 'mailto:relay.example.org/r/42', null],
  [HTTPS, '42', null],
  [HTTPS, '', null],
])('at %s, %s is room %s', (origin, link, room) => {
  expect(readRoom(link, origin)).toBe(room);
});
