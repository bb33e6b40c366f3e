// Nothing that leaves names an address of this computer.

import { expect, it } from 'vitest';

import { relayedCandidate, withoutAddresses } from './hidden-address';

const of = (candidate: string) => ({ candidate, sdpMid: '0', sdpMLineIndex: 0 });
const HOST = 'candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host generation 0';
const REFLEXIVE =
  'candidate:2 1 udp 1686052607 198.51.100.1 50000 typ srflx raddr 192.0.2.1 rport 50000';
const RELAYED =
  'candidate:3 1 udp 41885439 203.0.113.5 3478 typ relay raddr 198.51.100.1 rport 50000 generation 0';
const BLANKED =
  'candidate:3 1 udp 41885439 203.0.113.5 3478 typ relay raddr 0.0.0.0 rport 9 generation 0';

it.each([
  HOST,
  REFLEXIVE,
  HOST.replace('host', 'prflx'),
  'candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active',
  '',
  'candidate:1',
  'typ relay',
])('candidate_that_is_not_relayed_is_hidden: %s', (candidate) => {
  expect(relayedCandidate(of(candidate))).toBeNull();
});

it('relayed_candidate_loses_its_related_address', () => {
  expect(relayedCandidate(of(RELAYED))).toEqual(of(BLANKED));
  const v6 = RELAYED.replace('198.51.100.1', '2001:db8::1');
  expect(relayedCandidate(of(v6))?.candidate).toBe(BLANKED.replace('0.0.0.0', '::'));
  expect(relayedCandidate(of(RELAYED.toUpperCase()))?.candidate).not.toContain('198.51.100.1');
});

it('description_keeps_all_but_addresses', () => {
  const sdp = [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    'm=audio 50000 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 198.51.100.1',
    'a=rtcp:50001 IN IP4 198.51.100.1',
    `a=${HOST}`,
    `a=${REFLEXIVE}`,
    `a=${RELAYED}`,
    'a=mid:0',
    'm=video 0 UDP/TLS/RTP/SAVPF 96',
    '',
  ];
  expect(withoutAddresses(sdp.join('\r\n')).split('\r\n')).toEqual([
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=${BLANKED}`,
    'a=mid:0',
    'm=video 0 UDP/TLS/RTP/SAVPF 96',
    '',
  ]);
});
