// Configurations as pages, JSON and administrators write them.

import { call, outcomeOf, spelled, type Case } from './case.ts';

function configurationCase(name: string, configuration: unknown): Case {
  return {
    name: `configuration: ${name}`,
    async run(open) {
      let kept: RTCConfiguration | null = null;
      const made = await outcomeOf(() => {
        kept = open(configuration).getConfiguration();
      });
      const connection = open();
      const set = await outcomeOf(() => {
        call(connection, 'setConfiguration', configuration);
      });
      return { made, set, ...keptOf(kept) };
    },
  };
}

function keptOf(configuration: RTCConfiguration | null): Record<string, unknown> {
  if (configuration === null) return {};
  const { iceServers, iceTransportPolicy, bundlePolicy, rtcpMuxPolicy, iceCandidatePoolSize } =
    configuration;
  // Chromium returns empty credentials where the standard omits them.
  const servers = iceServers?.map(({ urls, username, credential }) => ({
    urls,
    ...(username ? { username } : {}),
    ...(credential ? { credential } : {}),
  }));
  return { servers, iceTransportPolicy, bundlePolicy, rtcpMuxPolicy, iceCandidatePoolSize };
}

const TURN = { username: 'ann', credential: 'secret' };
const url = (urls: unknown, more: object = {}): Case =>
  configurationCase(`url ${JSON.stringify(urls)}`, { iceServers: [{ urls, ...more }] });

const stun: readonly Case[] = [
  'stun:stun.example.org',
  'stun:stun.example.org:3478',
  'stuns:stun.example.org',
  'STUN:stun.example.org',
  ' stun:stun.example.org',
  'stun:stun.example.org ',
  'stun:stun.example.org\n',
  '\tstun:stun.example.org\r\n',
  '\u00A0stun:stun.example.org',
  'stun: stun.example.org',
  'stun:stun.example.org :3478',
  'stun:stun example.org',
  'stun:stun.exam\nple.org',
  'stun:192.0.2.1',
  'stun:[2001:db8::1]',
  'stun:[2001:db8::1]:3478',
  'stun:2001:db8::1',
  'stun:[192.0.2.1]',
  'stun:[nonsense]',
  'stun:[2001:db8::1',
  'stun:stun.example.org:0',
  'stun:stun.example.org:65535',
  'stun:stun.example.org:65536',
  'stun:stun.example.org:99999999999',
  'stun:stun.example.org:',
  'stun:stun.example.org:abc',
  'stun:stun.example.org:-1',
  'stun:stun.example.org?transport=udp',
  'stun:stun.example.org?transport=tcp',
  'stun:stun.example.org/path',
  'stun:stun.example.org#fragment',
  'stun://stun.example.org',
  'stun:user@stun.example.org',
  'stun:',
  'stun',
  '',
  ' ',
  'http://stun.example.org',
  'stun.example.org',
  'stun:stun_1.example.org',
  'stun:bücher.example',
  'stun:stun.example.org.',
  'stun:%73tun.example.org',
  'stun:*',
  `stun:${'a'.repeat(300)}.example.org`,
].map((one) => url(one));

const turn: readonly Case[] = [
  ...[
    'turn:turn.example.org',
    'turns:turn.example.org:5349',
    'turn:turn.example.org?transport=udp',
    'turn:turn.example.org?transport=tcp',
    'turns:turn.example.org?transport=tcp',
    'turns:turn.example.org?transport=udp',
    'turn:turn.example.org?transport=TCP',
    'turn:turn.example.org?Transport=tcp',
    'turn:turn.example.org?transport=tls',
    'turn:turn.example.org?transport=',
    'turn:turn.example.org?',
    'turn:turn.example.org?ttl=5',
    'turn:turn.example.org?transport=udp&x=1',
    'turn:turn.example.org?x=1&transport=udp',
    'turn:turn.example.org:3478?transport=udp ',
    'turn:ann@turn.example.org',
    'turn:ann:secret@turn.example.org',
    'turn://turn.example.org',
    'TURN:turn.example.org',
  ].map((one) => url(one, TURN)),
  configurationCase('turn without credentials', { iceServers: [{ urls: 'turn:t.example.org' }] }),
  configurationCase('turn with a username alone', {
    iceServers: [{ urls: 'turn:t.example.org', username: 'a' }],
  }),
  configurationCase('turn with a credential alone', {
    iceServers: [{ urls: 'turn:t.example.org', credential: 'a' }],
  }),
  configurationCase('turn with empty credentials', {
    iceServers: [{ urls: 'turn:t.example.org', username: '', credential: '' }],
  }),
  configurationCase('turn with an empty credential', {
    iceServers: [{ urls: 'turn:t.example.org', username: 'a', credential: '' }],
  }),
  configurationCase('turn with numbers', {
    iceServers: [{ urls: 'turn:t.example.org', username: 1, credential: 2 }],
  }),
  configurationCase('turn with null', {
    iceServers: [{ urls: 'turn:t.example.org', username: null, credential: null }],
  }),
  configurationCase('turn with objects', {
    iceServers: [{ urls: 'turn:t.example.org', username: {}, credential: {} }],
  }),
  configurationCase('turn with a username of 509 bytes', {
    iceServers: [{ urls: 'turn:t.example.org', username: 'a'.repeat(509), credential: 'b' }],
  }),
  configurationCase('turn with a username of 510 bytes', {
    iceServers: [{ urls: 'turn:t.example.org', username: 'a'.repeat(510), credential: 'b' }],
  }),
  configurationCase('stun with credentials', {
    iceServers: [{ urls: 'stun:t.example.org', ...TURN }],
  }),
  configurationCase('an oauth credential', {
    iceServers: [{ urls: 'turn:t.example.org', credentialType: 'oauth', ...TURN }],
  }),
];

const shapes: readonly Case[] = [
  configurationCase('nothing', undefined),
  configurationCase('null', null),
  configurationCase('an empty object', {}),
  configurationCase('a text', 'stun:stun.example.org'),
  configurationCase('a number', 5),
  configurationCase('an array', []),
  configurationCase('a function', () => undefined),
  configurationCase('no servers', { iceServers: [] }),
  configurationCase('servers that are null', { iceServers: null }),
  configurationCase('servers that are undefined', { iceServers: undefined }),
  configurationCase('servers that are one object', {
    iceServers: { urls: 'stun:stun.example.org' },
  }),
  configurationCase('servers that are a text', { iceServers: 'stun:stun.example.org' }),
  configurationCase('servers that are a set', {
    iceServers: new Set([{ urls: 'stun:stun.example.org' }]),
  }),
  configurationCase('a server that is a text', { iceServers: ['stun:stun.example.org'] }),
  configurationCase('a server that is null', { iceServers: [null] }),
  configurationCase('a server of nothing', { iceServers: [{}] }),
  configurationCase('a server with url', { iceServers: [{ url: 'stun:stun.example.org' }] }),
  configurationCase('urls of null', { iceServers: [{ urls: null }] }),
  configurationCase('urls of a number', { iceServers: [{ urls: 7 }] }),
  configurationCase('urls of an empty list', { iceServers: [{ urls: [] }] }),
  configurationCase('urls of two', {
    iceServers: [{ urls: ['stun:a.example.org', 'stun:b.example.org'] }],
  }),
  configurationCase('urls of two, the second broken', {
    iceServers: [{ urls: ['stun:a.example.org', 'nonsense'] }],
  }),
  configurationCase('urls of a list with a number', { iceServers: [{ urls: [7] }] }),
  configurationCase('urls of a set', { iceServers: [{ urls: new Set(['stun:a.example.org']) }] }),
  configurationCase('urls of an object', {
    iceServers: [{ urls: { toString: () => 'stun:a.example.org' } }],
  }),
  configurationCase('forty servers', {
    iceServers: Array.from({ length: 40 }, (_, index) => ({ urls: `stun:s${index}.example.org` })),
  }),
  ...['all', 'relay', 'none', 'public', '', 'ALL', null, 0].map((policy) =>
    configurationCase(`iceTransportPolicy ${JSON.stringify(policy)}`, {
      iceTransportPolicy: policy,
    }),
  ),
  ...['max-bundle', 'max-compat', 'balanced', 'none', null].map((policy) =>
    configurationCase(`bundlePolicy ${JSON.stringify(policy)}`, { bundlePolicy: policy }),
  ),
  ...['require', 'negotiate', 'none', null].map((policy) =>
    configurationCase(`rtcpMuxPolicy ${JSON.stringify(policy)}`, { rtcpMuxPolicy: policy }),
  ),
  ...[
    0,
    1,
    255,
    256,
    -1,
    1.5,
    255.9,
    '3',
    '',
    'x',
    null,
    true,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [4],
    {},
  ].map((size) =>
    configurationCase(`iceCandidatePoolSize ${spelled(size)}`, {
      iceCandidatePoolSize: size,
    }),
  ),
  configurationCase('no certificates', { certificates: [] }),
  configurationCase('certificates that are null', { certificates: null }),
  configurationCase('a certificate that is none', { certificates: [{}] }),
  configurationCase('a certificate that is null', { certificates: [null] }),
  configurationCase('unknown members', {
    sdpSemantics: 'plan-b',
    encodedInsertableStreams: true,
    peerIdentity: 'x',
  }),
];

export const configurations: readonly Case[] = [...stun, ...turn, ...shapes];
