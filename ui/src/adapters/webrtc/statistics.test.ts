import { expect, test } from 'vitest';

import { readStatistics as read, slotByMid, type Slots } from './statistics';

const VIDEO = {
  type: 'inbound-rtp',
  kind: 'video',
  framesDecoded: 120,
  framesPerSecond: 29.5,
  framesDropped: 2,
  frameWidth: 1280,
  frameHeight: 720,
  packetsLost: 3,
};
const AUDIO = { type: 'inbound-rtp', kind: 'audio', totalAudioEnergy: 0.25, packetsLost: 1 };
const PAIR = {
  type: 'candidate-pair',
  id: 'pair',
  localCandidateId: 'local',
  bytesReceived: 10,
  bytesSent: 20,
  currentRoundTripTime: 0.0125,
};
const OTHER_PAIR = { ...PAIR, id: 'other', bytesReceived: 1, localCandidateId: 'x' };
const LOCAL = { type: 'local-candidate', id: 'local', candidateType: 'host', protocol: 'udp' };
const TRANSPORT = {
  type: 'transport',
  selectedCandidatePairId: 'pair',
  bytesReceived: 1000,
  bytesSent: 2000,
};

const FIRST = new Map([['camera', { mid: '1' }]] as const);
const UNNAMED: Slots = { sent: slotByMid(FIRST), received: slotByMid(FIRST) };

function readStatistics(report: Iterable<unknown>, at: number, slots = UNNAMED) {
  return read(report, at, slots);
}

test('statistics come from the selected pair and inbound streams', () => {
  expect(readStatistics([OTHER_PAIR, VIDEO, AUDIO, PAIR, LOCAL, TRANSPORT], 7)).toMatchObject({
    at: 7,
    framesDecoded: 120,
    framesPerSecond: 29.5,
    framesDropped: 2,
    frameWidth: 1280,
    frameHeight: 720,
    audioEnergy: 0.25,
    bytesReceived: 1000,
    bytesSent: 2000,
    packetsLost: 4,
    roundTripMs: 12.5,
    path: 'host/udp',
  });
});

test('an engine without transports names its pair itself', () => {
  const nominated = { ...PAIR, nominated: true, state: 'succeeded' };
  expect(readStatistics([OTHER_PAIR, nominated, LOCAL], 0).bytesSent).toBe(20);
});

test('a relayed path is named by the way to the relay', () => {
  const relayed = { ...LOCAL, candidateType: 'relay', relayProtocol: 'tls' };
  expect(readStatistics([PAIR, relayed, TRANSPORT], 0).path).toBe('relay/tls');
});

test('what is not there yet is nothing', () => {
  const { path, roundTripMs, framesDecoded } = readStatistics([null, 1, TRANSPORT], 0);
  expect({ path, roundTripMs, framesDecoded }).toEqual({
    path: null,
    roundTripMs: null,
    framesDecoded: 0,
  });
});

const CAMERA_OUT = {
  type: 'outbound-rtp',
  kind: 'video',
  id: 'out',
  mid: '1',
  mediaSourceId: 'source',
  bytesSent: 5000,
  packetsSent: 50,
  frameWidth: 640,
  frameHeight: 360,
  framesPerSecond: 20,
  framesEncoded: 100,
  totalEncodeTime: 0.5,
  qualityLimitationReason: 'cpu',
};
const SOURCE = { type: 'media-source', id: 'source', frames: 150 };
const REPORTED = {
  type: 'remote-inbound-rtp',
  localId: 'out',
  packetsLost: 2,
  fractionLost: 0.04,
  roundTripTime: 0.03,
  roundTripTimeMeasurements: 9,
};

test('sent_stream_has_source_encoder_and_report', () => {
  expect(readStatistics([CAMERA_OUT, SOURCE, REPORTED], 0).sent).toEqual([
    {
      slot: 'camera',
      bytes: 5000,
      packets: 50,
      width: 640,
      height: 360,
      framesPerSecond: 20,
      framesCaptured: 150,
      framesEncoded: 100,
      encodeSeconds: 0.5,
      limitation: 'processor',
      remote: { packetsLost: 2, loss: 0.04, roundTrips: { roundTripMs: 30, count: 9 } },
    },
  ]);
});

test('what_an_engine_does_not_tell_is_null', () => {
  const bare = { type: 'outbound-rtp', kind: 'video', id: 'out', bytesSent: 1, packetsSent: 1 };
  const { sent, availableOutgoingBps, packetsSent, relayedBy } = readStatistics([bare, PAIR], 0);
  expect({ availableOutgoingBps, packetsSent, relayedBy }).toEqual({
    availableOutgoingBps: null,
    packetsSent: null,
    relayedBy: null,
  });
  expect(sent[0]).toMatchObject({
    width: null,
    framesCaptured: null,
    encodeSeconds: null,
    limitation: null,
    remote: null,
  });
});

test('counters_of_firefox_are_of_the_pair', () => {
  const transport = { type: 'transport', selectedCandidatePairId: 'pair' };
  const stream = { ...CAMERA_OUT, mediaSourceId: undefined };
  const audio = { type: 'media-source', kind: 'audio', id: 'other' };
  const source = { ...SOURCE, kind: 'video' };
  const { bytesSent, bytesReceived, packetsSent, sent } = readStatistics(
    [transport, PAIR, stream, audio, source],
    0,
  );
  expect({ bytesSent, bytesReceived, packetsSent }).toEqual({
    bytesSent: 20,
    bytesReceived: 10,
    packetsSent: null,
  });
  expect(sent[0]?.framesCaptured).toBe(150);
});

test('round_trip_of_reports_stands_in_for_the_path', () => {
  const pair = { ...PAIR, currentRoundTripTime: undefined, nominated: true, state: 'succeeded' };
  expect(readStatistics([pair, CAMERA_OUT, REPORTED], 0).roundTripMs).toBe(30);
});

test('slots_are_told_by_mid', () => {
  const named = slotByMid(
    new Map([
      ['screen', { mid: '1' }],
      ['camera', { mid: '2' }],
    ] as const),
  );
  const streams = [
    CAMERA_OUT,
    { ...CAMERA_OUT, mid: '2' },
    { ...CAMERA_OUT, mid: '3' },
    { ...VIDEO, mid: '2' },
  ];
  const { sent, received } = readStatistics(streams, 0, { sent: named, received: named });
  expect(sent.map(({ slot }) => slot)).toEqual(['screen', 'camera']);
  expect(received.map(({ slot }) => slot)).toEqual(['camera']);
});

test.each([
  ['host', 'srflx', 'nobody'],
  ['relay', 'host', 'self'],
  ['prflx', 'relay', 'peer'],
  ['relay', 'relay', 'both'],
])('relay_of_%s_and_%s_is_of_%s', (local, remote, by) => {
  const pair = { ...PAIR, remoteCandidateId: 'remote' };
  const candidates = [
    { ...LOCAL, candidateType: local },
    { type: 'remote-candidate', id: 'remote', candidateType: remote },
  ];
  expect(readStatistics([pair, TRANSPORT, ...candidates], 0).relayedBy).toBe(by);
});
