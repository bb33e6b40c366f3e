// Candidates and their objects, as JSON and gateways write them.

import { call, outcomeOf, type Case } from './case.ts';
import { UFRAG, audio, session, text, video } from './sdp.ts';

const HOST = 'candidate:1 1 udp 2122260223 192.0.2.7 40000 typ host';
const OFFER = text(
  session(),
  'a=group:BUNDLE 0 1',
  'a=ice-options:trickle',
  ...audio('0'),
  ...video('1'),
);

function candidateCase(name: string, init: unknown): Case {
  return {
    name: `candidate: ${name}`,
    async run(open) {
      const connection = open();
      await connection.setRemoteDescription({ type: 'offer', sdp: OFFER });
      await connection.setLocalDescription();
      const added = await outcomeOf(() => call(connection, 'addIceCandidate', init));
      await connection.getStats();
      const sdp = connection.remoteDescription?.sdp ?? '';
      return {
        added,
        described: sdp.match(/^a=candidate:/gm)?.length ?? 0,
        ended: sdp.match(/^a=end-of-candidates/gm)?.length ?? 0,
        state: connection.signalingState,
        ...(await constructed(init)),
      };
    },
  };
}

/** The same for `new RTCIceCandidate`. */
async function constructed(init: unknown): Promise<Record<string, unknown>> {
  let made: RTCIceCandidate | null = null;
  const outcome = await outcomeOf(() => {
    made = Reflect.construct(RTCIceCandidate, [init]);
  });
  if (made === null) return { made: outcome };
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment, address, port, type } =
    made satisfies RTCIceCandidate as RTCIceCandidate;
  return { made: outcome, candidate, sdpMid, sdpMLineIndex, usernameFragment, address, port, type };
}

const line = (name: string, candidate: string): Case =>
  candidateCase(name, { candidate, sdpMid: '0' });

const inits: readonly Case[] = [
  candidateCase('mid', { candidate: HOST, sdpMid: '0' }),
  candidateCase('index', { candidate: HOST, sdpMLineIndex: 0 }),
  candidateCase('both', { candidate: HOST, sdpMid: '0', sdpMLineIndex: 0 }),
  candidateCase('mid and index of different m-lines', {
    candidate: HOST,
    sdpMid: '0',
    sdpMLineIndex: 1,
  }),
  candidateCase('an empty mid and an index', { candidate: HOST, sdpMid: '', sdpMLineIndex: 0 }),
  candidateCase('an empty mid alone', { candidate: HOST, sdpMid: '' }),
  candidateCase('a mid that is a number', { candidate: HOST, sdpMid: 0 }),
  candidateCase('an index that is a text', { candidate: HOST, sdpMLineIndex: '0' }),
  candidateCase('an index of an empty text', { candidate: HOST, sdpMLineIndex: '' }),
  candidateCase('an index with a fraction', { candidate: HOST, sdpMLineIndex: 0.9 }),
  candidateCase('an index below 0', { candidate: HOST, sdpMLineIndex: -1 }),
  candidateCase('an index of 65536', { candidate: HOST, sdpMLineIndex: 65_536 }),
  candidateCase('an index that is true', { candidate: HOST, sdpMLineIndex: true }),
  candidateCase('an index of letters', { candidate: HOST, sdpMLineIndex: 'first' }),
  candidateCase('an index that is null', { candidate: HOST, sdpMid: '0', sdpMLineIndex: null }),
  candidateCase('a mid that is null and an index', {
    candidate: HOST,
    sdpMid: null,
    sdpMLineIndex: 0,
  }),
  candidateCase('mid and index that are null', {
    candidate: HOST,
    sdpMid: null,
    sdpMLineIndex: null,
  }),
  candidateCase('neither mid nor index', { candidate: HOST }),
  candidateCase('an unknown mid', { candidate: HOST, sdpMid: '9' }),
  candidateCase('an unknown mid and a known index', {
    candidate: HOST,
    sdpMid: 'audio',
    sdpMLineIndex: 0,
  }),
  candidateCase('an unknown index', { candidate: HOST, sdpMLineIndex: 9 }),
  candidateCase('its own ufrag', { candidate: HOST, sdpMid: '0', usernameFragment: UFRAG }),
  candidateCase('another ufrag', { candidate: HOST, sdpMid: '0', usernameFragment: 'Oth3' }),
  candidateCase('an empty ufrag', { candidate: HOST, sdpMid: '0', usernameFragment: '' }),
  candidateCase('a ufrag that is null', { candidate: HOST, sdpMid: '0', usernameFragment: null }),
  candidateCase('another ufrag in the line', { candidate: `${HOST} ufrag Oth3`, sdpMid: '0' }),
  candidateCase('nothing', undefined),
  candidateCase('null', null),
  candidateCase('an empty object', {}),
  candidateCase('a text', HOST),
  candidateCase('a number', 7),
  candidateCase('an array', []),
  candidateCase('a function', () => undefined),
  candidateCase('the end, by mid', { candidate: '', sdpMid: '0' }),
  candidateCase('the end, by nothing', { candidate: '' }),
  candidateCase('the end, by an unknown mid', { candidate: '', sdpMid: '9' }),
  candidateCase('a candidate that is null', { candidate: null, sdpMid: '0' }),
  candidateCase('a candidate that is a number', { candidate: 5, sdpMid: '0' }),
  candidateCase('an object that makes a text', {
    candidate: { toString: () => HOST },
    sdpMid: '0',
  }),
  candidateCase('unknown members', {
    candidate: HOST,
    sdpMid: '0',
    completed: true,
    type: 'candidate',
  }),
];

const addresses: readonly Case[] = [
  ['IPv4', '192.0.2.7'],
  ['IPv6', '2001:db8::7'],
  ['IPv6 in brackets', '[2001:db8::7]'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['mapped IPv4', '::ffff:192.0.2.7'],
  ['a hidden name', '6f1a2b3c-0000-4000-8000-000000000001.local'],
  ['a name', 'host.example.org'],
  ['address zero', '0.0.0.0'],
  ['IPv6 address zero', '::'],
  ['loopback', '127.0.0.1'],
  ['IPv6 loopback', '::1'],
  ['multicast', '239.1.2.3'],
  ['IPv6 multicast', 'ff02::fb'],
  ['broadcast', '255.255.255.255'],
  ['an address with a leading zero', '192.0.2.007'],
  ['an address of three parts', '192.0.2'],
  ['an address that is a number', '3221225991'],
  ['an address out of range', '192.0.2.256'],
].map(([name = '', address = '']) => line(name, HOST.replace('192.0.2.7', address)));

const ports: readonly Case[] = [
  ...[
    '0',
    '9',
    '80',
    '443',
    '1023',
    '1024',
    '65535',
    '65536',
    '-1',
    'abc',
    '',
    '40000.5',
    '+40000',
    '040000',
  ].map((port) => line(`port "${port}"`, HOST.replace('40000', port))),
  line('port 443 of a private address', HOST.replace('192.0.2.7 40000', '10.0.0.1 443')),
  line('port 443 of a public address', HOST.replace('192.0.2.7 40000', '8.8.8.8 443')),
];

const fields: readonly Case[] = [
  ...['4294967295', '4294967296', '99999999999', '0', '-1', 'abc', '1.5'].map((priority) =>
    line(`priority ${priority}`, HOST.replace('2122260223', priority)),
  ),
  line('a foundation of 32', HOST.replace(':1 ', `:${'f'.repeat(32)} `)),
  line('a foundation of 33', HOST.replace(':1 ', `:${'f'.repeat(33)} `)),
  line('a foundation of 300', HOST.replace(':1 ', `:${'f'.repeat(300)} `)),
  line('a foundation with punctuation', HOST.replace(':1 ', ':a-b_c.d= ')),
  line('no foundation', HOST.replace(':1 ', ': ')),
  ...['0', '2', '3', '255', '256', '257', '-1', 'x'].map((component) =>
    line(`component ${component}`, HOST.replace(' 1 udp', ` ${component} udp`)),
  ),
  ...['UDP', 'Udp', 'tcp', 'ssltcp', 'tls', 'sctp', ''].map((protocol) =>
    line(`transport "${protocol}"`, HOST.replace('udp', protocol)),
  ),
  line('TCP, active', HOST.replace('udp', 'tcp').replace('40000', '9') + ' tcptype active'),
  line('TCP, active, port 0', HOST.replace('udp', 'tcp').replace('40000', '0') + ' tcptype active'),
  line('TCP, passive', HOST.replace('udp', 'tcp') + ' tcptype passive'),
  line(
    'TCP, passive, port 0',
    HOST.replace('udp', 'tcp').replace('40000', '0') + ' tcptype passive',
  ),
  line('TCP, simultaneous open', HOST.replace('udp', 'tcp') + ' tcptype so'),
  line('TCP, an unknown type', HOST.replace('udp', 'tcp') + ' tcptype strange'),
  line('UDP with a tcptype', HOST + ' tcptype passive'),
  ...['srflx', 'prflx', 'relay', 'HOST', 'local', 'stun', 'magic', ''].map((type) =>
    line(`type "${type}"`, HOST.replace('typ host', `typ ${type}`)),
  ),
  line('no type', HOST.replace(' typ host', '')),
  line('typ in capitals', HOST.replace('typ', 'TYP')),
  line('a=', `a=${HOST}`),
  line('a= and a line end', `a=${HOST}\r\n`),
  line('no candidate:', HOST.replace('candidate:', '')),
  line('CANDIDATE in capitals', HOST.replace('candidate', 'CANDIDATE')),
  line('a line end', `${HOST}\r\n`),
  line('blanks before', `  ${HOST}`),
  line('two blanks', HOST.replaceAll(' ', '  ')),
  line('tabs', HOST.replaceAll(' ', '\t')),
  line('two lines', `${HOST}\r\na=${HOST}`),
  line('generation and network', `${HOST} generation 0 network-id 1 network-cost 10`),
  line('an extension without a value', `${HOST} generation`),
  line('an unknown extension', `${HOST} x-colour red`),
  line('related', HOST.replace('host', 'srflx') + ' raddr 10.0.0.1 rport 5000'),
  line('related without a port', HOST.replace('host', 'srflx') + ' raddr 10.0.0.1'),
  line('related to a name', HOST.replace('host', 'srflx') + ' raddr hidden.local rport 0'),
  line('related to a port of letters', HOST.replace('host', 'srflx') + ' raddr 10.0.0.1 rport x'),
  line(
    'related to a port out of range',
    HOST.replace('host', 'srflx') + ' raddr 10.0.0.1 rport 70000',
  ),
  line('related to an empty address', HOST.replace('host', 'srflx') + ' raddr  rport 5000'),
  line('nonsense', 'nonsense'),
  line('candidate alone', 'candidate:'),
  line('blanks alone', '   '),
  line('a very long line', `${HOST} x ${'y'.repeat(5000)}`),
  line('a NUL', HOST.replace('typ', '\0typ')),
];

export const candidates: readonly Case[] = [...inits, ...addresses, ...ports, ...fields];
