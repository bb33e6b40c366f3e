import { beforeEach, expect, test } from 'vitest';

import { DataChannel } from './data-channel.ts';
import { PeerConnectionIceEvent } from './events.ts';
import { PeerConnection } from './peer-connection.ts';
import { prepareConnection, takeConnection } from './prewarmed-connection.ts';
import { queueTask } from './task.ts';
import { RecordedPorts, track } from './testing/recorded-ports.ts';
import { setPorts } from './environment.ts';

let recorded: RecordedPorts;

beforeEach(() => {
  recorded = new RecordedPorts();
  setPorts(recorded.ports);
  // Take the one that an earlier test left.
  takeConnection();
});

/** Runs all queued tasks and the tasks that they queue. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    await new Promise<void>((resolve) => {
      queueTask(resolve);
    });
  }
}

function recordEvents(connection: PeerConnection, ...types: string[]): string[] {
  const events: string[] = [];
  for (const type of types) connection.addEventListener(type, () => events.push(type));
  return events;
}

async function connect(a: PeerConnection, b: PeerConnection): Promise<void> {
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription ?? { type: 'offer' });
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription ?? { type: 'answer' });
}

/** Ports of the candidates that reached the transport. Null: end of candidates. */
function forwarded(): (number | null)[] {
  return recorded.requests.flatMap((kind) =>
    kind.type === 'add-remote-candidate'
      ? [kind.candidate === null ? null : kind.candidate.port]
      : [],
  );
}

test('several changes fire one negotiationneeded after the task', async () => {
  const connection = new PeerConnection();
  const events = recordEvents(connection, 'negotiationneeded');
  connection.addTransceiver('audio');
  connection.addTransceiver('video');
  connection.createDataChannel('x');
  expect(events).toEqual([]);
  await settle();
  expect(events).toEqual(['negotiationneeded']);
});

test('negotiationneeded waits until the chain is empty and the state is stable', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  a.addTransceiver('audio');
  await settle();
  const events = recordEvents(a, 'negotiationneeded');
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription ?? { type: 'offer' });
  await b.setLocalDescription();
  const answered = a.setRemoteDescription(b.localDescription ?? { type: 'answer' });
  a.addTransceiver('video');
  await answered;
  expect(events).toEqual([]);
  await settle();
  expect(events).toEqual(['negotiationneeded']);
});

test('operations run in the order of the calls', async () => {
  const connection = new PeerConnection();
  connection.addTransceiver('audio');
  const order: string[] = [];
  const note = (what: string) => () => order.push(what);
  await Promise.all([
    connection.createOffer().then(note('offer')),
    connection.setLocalDescription().then(note('local')),
    connection.setRemoteDescription({ type: 'answer', sdp: '' }).catch(note('refused')),
    connection.setLocalDescription({ type: 'rollback' }).then(note('rollback')),
  ]);
  expect(order).toEqual(['offer', 'local', 'refused', 'rollback']);
  expect(connection.signalingState).toBe('stable');
});

test('a negotiation sends its requests to the transport in order', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  a.addTrack(track('audio'));
  recorded.log.length = 0;
  await connect(a, b);
  expect(recorded.log).toEqual(['source', 'gather', 'gather', 'commit', 'commit', 'set-sender']);
});

test('capture starts before the negotiation and ends with the connection', async () => {
  const connection = new PeerConnection();
  const captured = connection.addTrack(track('audio'));
  connection.addTransceiver(track('audio'), { direction: 'recvonly' });
  await new Promise((done) => setTimeout(done, 0));
  expect(captured.track).not.toBeNull();
  expect(recorded.log.filter((log) => log === 'source')).toHaveLength(1);
  connection.close();
  expect(recorded.log.filter((log) => log === 'release')).toHaveLength(1);
});

test('a sender sends a request only when something has changed', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  const sender = a.addTrack(track('audio'));
  await connect(a, b);
  recorded.log.length = 0;
  await connect(a, b);
  expect(recorded.log).toEqual(['commit', 'commit']);
  recorded.log.length = 0;
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) encoding.active = false;
  await sender.setParameters(parameters);
  await sender.replaceTrack(null);
  expect(recorded.log).toEqual(['set-sender', 'release', 'set-sender']);
});

test('events fire before the promise resolves, signalingstatechange before track', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  a.addTransceiver('audio');
  await a.setLocalDescription();
  const events = recordEvents(b, 'signalingstatechange', 'track');
  await b.setRemoteDescription(a.localDescription ?? { type: 'offer' });
  expect(events).toEqual(['signalingstatechange', 'track']);
});

test('candidates come before the end of gathering, and none after a rollback', async () => {
  const connection = new PeerConnection();
  connection.addTransceiver('audio');
  await connection.setLocalDescription();
  const events: unknown[] = [];
  connection.addEventListener('icecandidate', (event) => {
    if (!(event instanceof PeerConnectionIceEvent)) throw new TypeError('another event');
    events.push(event.candidate?.toJSON() ?? null);
  });
  connection.addEventListener('icegatheringstatechange', () =>
    events.push(connection.iceGatheringState),
  );
  const [gather] = recorded.requests.filter((kind) => kind.type === 'gather');
  if (gather === undefined) throw new Error('nothing is gathered');
  const { usernameFragment } = gather.local;
  const candidate = 'candidate:1 1 udp 1 192.0.2.1 5 typ host';
  const { connection: id } = recorded;
  recorded.emit(id, { type: 'candidate', candidate, usernameFragment, url: null });
  recorded.emit(id, { type: 'gathering-complete', usernameFragment });
  expect(events).toMatchObject([
    // After the promise of setLocalDescription.
    'gathering',
    { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment },
    { candidate: '' },
    'complete',
    null,
  ]);
  expect(connection.localDescription?.sdp).toContain(`a=${candidate}\r\na=end-of-candidates`);
  await connection.setLocalDescription({ type: 'rollback' });
  events.length = 0;
  recorded.emit(id, { type: 'candidate', candidate, usernameFragment, url: null });
  expect(events).toEqual([]);
});

test('nothing is gathered without an m-line', async () => {
  const connection = new PeerConnection();
  await connection.setLocalDescription();
  await settle();
  expect(connection.iceGatheringState).toBe('new');
  expect(recorded.log).not.toContain('gather');
  connection.addTransceiver('audio');
  await connection.setLocalDescription();
  await settle();
  expect(connection.iceGatheringState).toBe('gathering');
  expect(recorded.log).toContain('gather');
});

test('an offer that meets ours passes through stable', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  for (const connection of [a, b]) {
    connection.addTransceiver('audio');
    await connection.setLocalDescription();
  }
  const states: unknown[] = [];
  b.addEventListener('signalingstatechange', () => states.push(b.signalingState));
  await b.setRemoteDescription({ type: 'offer', sdp: 'hello' }).catch(() => states.push('refused'));
  expect(states).toEqual(['refused']);
  await b.setRemoteDescription(a.localDescription ?? { type: 'offer' });
  expect(states).toEqual(['refused', 'stable', 'have-remote-offer']);
});

test('transports of senders are there from the local description on, SCTP from the offer', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  for (const connection of [a, b]) connection.addTrack(track('audio'));
  a.createDataChannel('x');
  await a.setLocalDescription();
  expect([a.getSenders()[0]?.transport === null, a.sctp === null]).toEqual([false, false]);
  await b.setRemoteDescription(a.localDescription ?? { type: 'offer' });
  expect([b.getSenders()[0]?.transport, b.sctp === null]).toEqual([null, false]);
  await b.setLocalDescription();
  expect([b.getSenders()[0]?.transport === null, b.sctp === null]).toEqual([false, false]);
  const { sctp } = a;
  await a.setRemoteDescription(b.localDescription ?? { type: 'answer' });
  expect(a.sctp).toBe(sctp);
  const events: string[] = [];
  sctp?.transport.addEventListener('statechange', () => events.push('statechange'));
  a.close();
  expect([sctp?.transport.state, sctp?.state, events]).toEqual(['closed', 'closed', []]);
});

const EMPTY_SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';

/** Operations that a new connection refuses. */
const REFUSED: readonly (readonly [string, (connection: PeerConnection) => Promise<unknown>])[] = [
  ['an answer', (connection) => connection.createAnswer()],
  ['a local answer', (connection) => connection.setLocalDescription({ type: 'answer' })],
  ['a local rollback', (connection) => connection.setLocalDescription({ type: 'rollback' })],
  [
    'a local offer that was not created',
    (connection) => connection.setLocalDescription({ type: 'offer', sdp: EMPTY_SDP }),
  ],
  [
    'a remote answer',
    (connection) => connection.setRemoteDescription({ type: 'answer', sdp: EMPTY_SDP }),
  ],
  ['a remote rollback', (connection) => connection.setRemoteDescription({ type: 'rollback' })],
  [
    'a remote offer that is not SDP',
    (connection) => connection.setRemoteDescription({ type: 'offer', sdp: 'hello' }),
  ],
];

test('channels have their ids when the negotiation ends, before a path is found', async () => {
  const ends = [new PeerConnection(), new PeerConnection()] as const;
  const [a, b] = ends.map((each) => [each.createDataChannel('x'), each.createDataChannel('y')]);
  const ids = (): unknown => [a, b].map((channels) => channels?.map(({ id }) => id));
  expect(ids()).toEqual([
    [null, null],
    [null, null],
  ]);
  await connect(...ends);
  // The answerer is the DTLS client (RFC 8832, section 6).
  expect(ids()).toEqual([
    [1, 3],
    [0, 2],
  ]);
  expect(ends.map(({ iceConnectionState }) => iceConnectionState)).toEqual(['new', 'new']);
});

test.each(REFUSED)('%s is refused before anything is awaited', async (_name, operation) => {
  const connection = new PeerConnection();
  const order: string[] = [];
  const refused = operation(connection).catch(() => order.push('refused'));
  queueTask(() => order.push('task'));
  await refused;
  await settle();
  expect(order).toEqual(['refused', 'task']);
});

test.each(REFUSED)('%s never settles where close() comes first', async (_name, operation) => {
  const connection = new PeerConnection();
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  operation(connection).then(note, note);
  connection.close();
  await settle();
  expect(settled).toBe(false);
});

test.each(['taken', 'rolled back'])(
  'candidates with credentials that an offer replaces wait until it is %s',
  async (end) => {
    const [a, b] = [new PeerConnection(), new PeerConnection()];
    a.addTransceiver('audio');
    await connect(a, b);
    const [first] = recorded.requests.filter((kind) => kind.type === 'gather');
    if (first === undefined) throw new Error('nothing is gathered');
    const events: unknown[] = [];
    a.addEventListener('icecandidate', (event) => {
      if (event instanceof PeerConnectionIceEvent) events.push(event.candidate?.candidate);
    });
    a.restartIce();
    await a.setLocalDescription();
    const { usernameFragment } = first.local;
    const candidate = 'candidate:1 1 udp 1 192.0.2.1 5 typ host';
    recorded.emit(first.connection, { type: 'candidate', candidate, usernameFragment, url: null });
    recorded.emit(first.connection, { type: 'gathering-complete', usernameFragment });
    expect(events).toEqual([]);
    if (end === 'taken') await connect(a, b);
    else await a.setLocalDescription({ type: 'rollback' });
    await settle();
    expect(events).toEqual(end === 'taken' ? [] : [candidate, '', undefined]);
    expect(a.iceGatheringState).toBe(end === 'taken' ? 'gathering' : 'complete');
  },
);

test('an early candidate for the m-line that carries the bundle is forwarded', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  a.addTransceiver('video');
  a.addTransceiver('audio');
  await a.setLocalDescription();
  const sdp = (a.localDescription?.sdp ?? '').replaceAll('VP8/', 'VP7/');
  await b.setRemoteDescription({ type: 'offer', sdp });
  const candidate = 'candidate:1 1 udp 1 192.0.2.1 5 typ host';
  await b.addIceCandidate({ candidate, sdpMid: '1' });
  expect(forwarded()).toEqual([]);
  await b.setLocalDescription();
  expect(forwarded()).toEqual([5]);
  await a.setRemoteDescription(b.localDescription ?? { type: 'answer' });
  expect(forwarded()).toEqual([5]);
});

test('operations never settle after close', async () => {
  const connection = new PeerConnection();
  const events = recordEvents(connection, 'signalingstatechange', 'connectionstatechange');
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  connection.createOffer().then(note, note);
  connection.close();
  await settle();
  expect(settled).toBe(false);
  expect(events).toEqual([]);
  // The last close opens one for the next connection.
  expect(recorded.log.at(-2)).toBe('close-connection');
  await expect(connection.createOffer()).rejects.toMatchObject({ name: 'InvalidStateError' });
});

test('a lost bridge fails the connection and every later operation', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  const channel = a.createDataChannel('x');
  await connect(a, b);
  const events = recordEvents(a, 'iceconnectionstatechange', 'connectionstatechange');
  const closed: string[] = [];
  for (const type of ['error', 'close']) channel.addEventListener(type, () => closed.push(type));
  recorded.lose();
  expect(events).toEqual(['iceconnectionstatechange', 'connectionstatechange']);
  expect([a.connectionState, channel.readyState]).toEqual(['failed', 'closed']);
  expect(closed).toEqual(['error', 'close']);
  await expect(a.createOffer()).rejects.toMatchObject({ name: 'OperationError' });
  a.close();
  expect(a.connectionState).toBe('closed');
});

test('messages are sent in order, Blobs included', async () => {
  const connection = new PeerConnection();
  const channel = connection.createDataChannel('x');
  recorded.emit(recorded.connection, { type: 'channel-open', channel: 0, id: 0 });
  expect(channel.readyState).toBe('open');
  channel.send('a');
  channel.send(new Blob(['bb']));
  channel.send(new Uint8Array([1, 2, 3]).subarray(1));
  expect(channel.bufferedAmount).toBe(5);
  channel.close();
  await settle();
  expect(recorded.messages.map(({ binary, bytes }) => [binary, [...bytes]])).toEqual([
    [false, [97]],
    [true, [98, 98]],
    [true, [2, 3]],
  ]);
  expect(recorded.log.at(-1)).toBe('close-channel');
});

test('a message before the acknowledgement opens its channel', () => {
  const connection = new PeerConnection();
  const channel = connection.createDataChannel('x', { negotiated: true, id: 0 });
  const seen: string[] = [];
  channel.addEventListener('open', () => seen.push('open'));
  channel.addEventListener('message', (event) => seen.push(String(Reflect.get(event, 'data'))));
  const { connection: id } = recorded;
  recorded.receive(id, 0, 'early');
  recorded.emit(id, { type: 'channel-open', channel: 0, id: 0 });
  recorded.receive(id, 0, 'later');
  expect(seen).toEqual(['open', 'early', 'later']);
});

test('bufferedamountlow fires only when the threshold is crossed', async () => {
  const connection = new PeerConnection();
  const channel = connection.createDataChannel('x');
  const { connection: id } = recorded;
  recorded.emit(id, { type: 'channel-open', channel: 0, id: 0 });
  let low = 0;
  channel.addEventListener('bufferedamountlow', () => (low += 1));
  channel.bufferedAmountLowThreshold = 2;
  channel.send('12345');
  recorded.emit(id, { type: 'channel-sent', channel: 0, bytes: 2 });
  expect([channel.bufferedAmount, low]).toEqual([3, 0]);
  recorded.emit(id, { type: 'channel-sent', channel: 0, bytes: 1 });
  recorded.emit(id, { type: 'channel-sent', channel: 0, bytes: 2 });
  expect([channel.bufferedAmount, low]).toEqual([0, 1]);
});

test('senders, receivers and transports have no public constructor', () => {
  expect(() => Reflect.construct(DataChannel, [])).toThrow(TypeError);
});

test('a prewarmed connection is taken once and then configured', async () => {
  await prepareConnection();
  await prepareConnection();
  expect(recorded.log).toEqual(['open-connection']);
  const iceServers = [{ urls: 'stun:stun.example.org' }];
  const [first, second] = [new PeerConnection({ iceServers }), new PeerConnection()];
  expect(recorded.log).toEqual(['open-connection', 'configure', 'open-connection']);
  const [opening, configuring] = recorded.requests;
  if (opening?.type !== 'open-connection') throw new Error('nothing was opened');
  expect(configuring).toMatchObject({ connection: opening.connection });
  for (const each of [first, second]) {
    each.addTransceiver('audio');
    const { sdp } = await each.createOffer();
    expect(sdp).toContain('a=fingerprint:sha-256 AB:');
  }
  first.close();
  await settle();
  expect(takeConnection()).not.toBeNull();
});

test('a prewarmed connection of a lost bridge is not taken', async () => {
  await prepareConnection();
  recorded.lose();
  expect(takeConnection()).toBeNull();
});

test('a receiver tells its sources up to now', () => {
  const now = performance.timeOrigin + performance.now();
  const { receiver } = new PeerConnection().addTransceiver('audio');
  const spoken = { source: 7, timestamp: now, rtpTimestamp: 960, audioLevel: 0.5 };
  const mixed = { source: 8, timestamp: now, rtpTimestamp: 960 };
  recorded.synchronizationSources.push(spoken, { ...spoken, timestamp: now + 60_000 });
  recorded.contributingSources.push(mixed, { ...mixed, timestamp: now + 60_000 });
  expect(receiver.getSynchronizationSources()).toEqual([spoken]);
  expect(receiver.getContributingSources()).toEqual([mixed]);
});

test('a channel of the peer is open before its event, and fires open after it', () => {
  const connection = new PeerConnection();
  const seen: string[] = [];
  connection.addEventListener('datachannel', (event) => {
    const channel: unknown = Reflect.get(event, 'channel');
    if (!(channel instanceof DataChannel)) throw new TypeError('no channel came');
    seen.push(channel.readyState);
    channel.addEventListener('open', () => seen.push('open event'));
    channel.send('hi');
  });
  const id = recorded.connection;
  const options = {
    label: 'x',
    ordered: true,
    maxPacketLifeTime: null,
    maxRetransmits: null,
    protocol: '',
    negotiated: false,
    id: 1,
  };
  recorded.emit(id, { type: 'incoming-channel', channel: 0, options });
  recorded.emit(id, { type: 'channel-open', channel: 0, id: 1 });
  expect(seen).toEqual(['open', 'open event']);
  expect(recorded.messages).toHaveLength(1);
});
