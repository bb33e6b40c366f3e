import { expect, test } from 'vitest';

import { checkChange, readConfiguration, wireConfiguration } from './configuration.ts';

function server(urls: unknown, rest: object = { username: 'u', credential: 'c' }): unknown {
  return { iceServers: [{ urls, ...rest }] };
}

test.each([
  ['stun:stun.example.org'],
  ['stun:stun.example.org:3478'],
  ['stuns:192.0.2.1:5349'],
  ['stun:[2001:db8::1]:3478'],
  ['turn:turn.example.org'],
  ['turn:turn.example.org:3478?transport=tcp'],
  ['TURNS:turn.example.org?transport=udp'],
])('%s is a server', (url) => {
  const { iceServers } = wireConfiguration(readConfiguration(server(url)));
  const urls = [url.replace('TURNS', 'turns')];
  expect(iceServers).toEqual([{ urls, username: 'u', credential: 'c' }]);
});

test.each([
  ['no scheme', server('stun.example.org'), 'SyntaxError'],
  ['another scheme', server('http://example.org'), 'SyntaxError'],
  ['no host', server('stun:'), 'SyntaxError'],
  ['a port that is none', server('stun:a:65536'), 'SyntaxError'],
  ['a query for stun', server('stun:a?transport=udp'), 'SyntaxError'],
  ['another transport', server('turn:a?transport=sctp'), 'SyntaxError'],
  ['a user in the URL', server('turn:u@a'), 'SyntaxError'],
  ['no URL at all', server([]), 'SyntaxError'],
  ['a relay without a credential', server('turn:a', { username: 'u' }), 'InvalidAccessError'],
  ['a relay without a name', server('turns:a', { credential: 'c' }), 'InvalidAccessError'],
  ['no urls', { iceServers: [{}] }, 'TypeError'],
  ['another policy', { iceTransportPolicy: 'some' }, 'TypeError'],
  ['another bundle policy', { bundlePolicy: 'min' }, 'TypeError'],
  ['no multiplexing', { rtcpMuxPolicy: 'never' }, 'TypeError'],
  ['too large a pool', { iceCandidatePoolSize: 256 }, 'TypeError'],
  ['no object', 3, 'TypeError'],
])('%s is refused', (_, init, name) => {
  expect(() => readConfiguration(init)).toThrow(expect.objectContaining({ name }));
});

test('the defaults are those of the standard', () => {
  expect(readConfiguration(undefined)).toEqual({
    iceServers: [],
    iceTransportPolicy: 'all',
    bundlePolicy: 'balanced',
    rtcpMuxPolicy: 'require',
    iceCandidatePoolSize: 0,
    certificates: [],
  });
});

test('bundlePolicy and rtcpMuxPolicy cannot be changed', () => {
  const before = readConfiguration({});
  expect(() =>
    checkChange(before, readConfiguration({ iceTransportPolicy: 'relay' })),
  ).not.toThrow();
  expect(() => checkChange(before, readConfiguration({ bundlePolicy: 'max-bundle' }))).toThrow(
    expect.objectContaining({ name: 'InvalidModificationError' }),
  );
});
