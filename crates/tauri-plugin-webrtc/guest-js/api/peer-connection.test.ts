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
  // One that a test before has left.
  takeConnection();
});

/** All that is queued by now, and what follows from it. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    await new Promise<void>((resolve) => {
      queueTask(resolve);
    });
  }
}

function heard(connection: PeerConnection, ...types: string[]): string[] {
  const told: string[] = [];
  for (const type of types) connection.addEventListener(type, () => told.push(type));
  return told;
}

async function connect(a: PeerConnection, b: PeerConnection): Promise<void> {
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription ?? { type: 'offer' });
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription ?? { type: 'answer' });
}

/** The ports of the candidates that the transport has heard of; null is their end. */
function forwarded(): (number | null)[] {
  return recorded.wishes.flatMap((wish) =>
    wish.type === 'add-remote-candidate'
      ? [wish.candidate === null ? null : wish.candidate.port]
      : [],
  );
}

test('several changes are one negotiationneeded, after the task', async () => {
  const connection = new PeerConnection();
  const told = heard(connection, 'negotiationneeded');
  connection.addTransceiver('audio');
  connection.addTransceiver('video');
  connection.createDataChannel('x');
  expect(told).toEqual([]);
  await settle();
  expect(told).toEqual(['negotiationneeded']);
});

test('a change during an operation is told when the chain is empty and the state stable', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  a.addTransceiver('audio');
  await settle();
  const told = heard(a, 'negotiationneeded');
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription ?? { type: 'offer' });
  await b.setLocalDescription();
  const answered = a.setRemoteDescription(b.localDescription ?? { type: 'answer' });
  a.addTransceiver('video');
  await answered;
  expect(told).toEqual([]);
  await settle();
  expect(told).toEqual(['negotiationneeded']);
});

test('operations run in the order they were asked for', async () => {
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

test('the transport hears of the connection, its credentials, its agreement, its senders', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  a.addTrack(track('audio'));
  recorded.asked.length = 0;
  await connect(a, b);
  expect(recorded.asked).toEqual(['source', 'gather', 'gather', 'commit', 'commit', 'set-sender']);
});

test('what is to be sent is captured before there is an agreement, and not after its connection', async () => {
  const connection = new PeerConnection();
  const captured = connection.addTrack(track('audio'));
  connection.addTransceiver(track('audio'), { direction: 'recvonly' });
  await new Promise((done) => setTimeout(done, 0));
  expect(captured.track).not.toBeNull();
  expect(recorded.asked.filter((asked) => asked === 'source')).toHaveLength(1);
  connection.close();
  expect(recorded.asked.filter((asked) => asked === 'release')).toHaveLength(1);
});

test('a sender is told again only when something has changed', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  const sender = a.addTrack(track('audio'));
  await connect(a, b);
  recorded.asked.length = 0;
  await connect(a, b);
  expect(recorded.asked).toEqual(['commit', 'commit']);
  recorded.asked.length = 0;
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) encoding.active = false;
  await sender.setParameters(parameters);
  await sender.replaceTrack(null);
  expect(recorded.asked).toEqual(['set-sender', 'release', 'set-sender']);
});

test('events come before the promise, the state before the tracks', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  a.addTransceiver('audio');
  await a.setLocalDescription();
  const told = heard(b, 'signalingstatechange', 'track');
  await b.setRemoteDescription(a.localDescription ?? { type: 'offer' });
  expect(told).toEqual(['signalingstatechange', 'track']);
});

test('a path that is found and completed at once is told as both', async () => {
  const connection = new PeerConnection();
  connection.addTransceiver('audio');
  await connection.setLocalDescription();
  const told: unknown[] = [];
  connection.addEventListener('iceconnectionstatechange', () => {
    told.push(connection.iceConnectionState);
  });
  const { connection: id } = recorded;
  recorded.tell(id, { type: 'ice-state', state: 'checking' });
  recorded.tell(id, { type: 'ice-state', state: 'completed' });
  expect(told).toEqual(['checking', 'connected', 'completed']);
});

test('candidates come before the end of gathering, and none after a rollback', async () => {
  const connection = new PeerConnection();
  connection.addTransceiver('audio');
  await connection.setLocalDescription();
  const told: unknown[] = [];
  connection.addEventListener('icecandidate', (event) =>
    told.push('candidate' in event ? event.candidate : event),
  );
  connection.addEventListener('icegatheringstatechange', () =>
    told.push(connection.iceGatheringState),
  );
  const [gather] = recorded.wishes.filter((wish) => wish.type === 'gather');
  if (gather === undefined) throw new Error('nothing is gathered');
  const { usernameFragment } = gather.local;
  const candidate = 'candidate:1 1 udp 1 192.0.2.1 5 typ host';
  const { connection: id } = recorded;
  recorded.tell(id, { type: 'candidate', candidate, usernameFragment, url: null });
  recorded.tell(id, { type: 'gathering-complete', usernameFragment });
  expect(told).toMatchObject([
    { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment },
    { candidate: '' },
    'complete',
    null,
  ]);
  expect(connection.localDescription?.sdp).toContain(`a=${candidate}\r\na=end-of-candidates`);
  await connection.setLocalDescription({ type: 'rollback' });
  told.length = 0;
  recorded.tell(id, { type: 'candidate', candidate, usernameFragment, url: null });
  expect(told).toEqual([]);
});

test.each(['taken', 'rolled back'])(
  'candidates that an offer would make unknown are told once it is %s, or never',
  async (end) => {
    const [a, b] = [new PeerConnection(), new PeerConnection()];
    a.addTransceiver('audio');
    await connect(a, b);
    const [first] = recorded.wishes.filter((wish) => wish.type === 'gather');
    if (first === undefined) throw new Error('nothing is gathered');
    const told: unknown[] = [];
    a.addEventListener('icecandidate', (event) => {
      if (event instanceof PeerConnectionIceEvent) told.push(event.candidate?.candidate);
    });
    a.restartIce();
    await a.setLocalDescription();
    const { usernameFragment } = first.local;
    const candidate = 'candidate:1 1 udp 1 192.0.2.1 5 typ host';
    recorded.tell(first.connection, { type: 'candidate', candidate, usernameFragment, url: null });
    recorded.tell(first.connection, { type: 'gathering-complete', usernameFragment });
    expect(told).toEqual([]);
    if (end === 'taken') await connect(a, b);
    else await a.setLocalDescription({ type: 'rollback' });
    await settle();
    expect(told).toEqual(end === 'taken' ? [] : [candidate, '', undefined]);
    expect(a.iceGatheringState).toBe(end === 'taken' ? 'gathering' : 'complete');
  },
);

test('a candidate for the m-line that the answer makes the first of all reaches the transport', async () => {
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

test('what was begun when the connection was closed is never answered', async () => {
  const connection = new PeerConnection();
  const told = heard(connection, 'signalingstatechange', 'connectionstatechange');
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  connection.createOffer().then(note, note);
  connection.close();
  await settle();
  expect(settled).toBe(false);
  expect(told).toEqual([]);
  // The last opens one for whoever comes next.
  expect(recorded.asked.at(-2)).toBe('close-connection');
  await expect(connection.createOffer()).rejects.toMatchObject({ name: 'InvalidStateError' });
});

test('a lost bridge fails the connection, and every operation after', async () => {
  const [a, b] = [new PeerConnection(), new PeerConnection()];
  const channel = a.createDataChannel('x');
  await connect(a, b);
  const told = heard(a, 'iceconnectionstatechange', 'connectionstatechange');
  const closed: string[] = [];
  for (const type of ['error', 'close']) channel.addEventListener(type, () => closed.push(type));
  recorded.lose();
  expect(told).toEqual(['iceconnectionstatechange', 'connectionstatechange']);
  expect([a.connectionState, channel.readyState]).toEqual(['failed', 'closed']);
  expect(closed).toEqual(['error', 'close']);
  await expect(a.createOffer()).rejects.toMatchObject({ name: 'OperationError' });
  a.close();
  expect(a.connectionState).toBe('closed');
});

test('messages leave in the order they were sent, blobs among them', async () => {
  const connection = new PeerConnection();
  const channel = connection.createDataChannel('x');
  recorded.tell(recorded.connection, { type: 'channel-open', channel: 0, id: 0 });
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
  expect(recorded.asked.at(-1)).toBe('close-channel');
});

test('bufferedamountlow comes when the threshold is crossed, and only then', async () => {
  const connection = new PeerConnection();
  const channel = connection.createDataChannel('x');
  const { connection: id } = recorded;
  recorded.tell(id, { type: 'channel-open', channel: 0, id: 0 });
  let low = 0;
  channel.addEventListener('bufferedamountlow', () => (low += 1));
  channel.bufferedAmountLowThreshold = 2;
  channel.send('12345');
  recorded.tell(id, { type: 'channel-sent', channel: 0, bytes: 2 });
  expect([channel.bufferedAmount, low]).toEqual([3, 0]);
  recorded.tell(id, { type: 'channel-sent', channel: 0, bytes: 1 });
  recorded.tell(id, { type: 'channel-sent', channel: 0, bytes: 2 });
  expect([channel.bufferedAmount, low]).toEqual([0, 1]);
});

test('the parts of a connection are made by a connection only', () => {
  expect(() => Reflect.construct(DataChannel, [])).toThrow(TypeError);
});

test('a connection that is open already is taken once, and configured', async () => {
  await prepareConnection();
  await prepareConnection();
  expect(recorded.asked).toEqual(['open-connection']);
  const iceServers = [{ urls: 'stun:stun.example.org' }];
  const [first, second] = [new PeerConnection({ iceServers }), new PeerConnection()];
  expect(recorded.asked).toEqual(['open-connection', 'configure', 'open-connection']);
  const [opening, configuring] = recorded.wishes;
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

test('one whose bridge was lost is not taken', async () => {
  await prepareConnection();
  recorded.lose();
  expect(takeConnection()).toBeNull();
});
