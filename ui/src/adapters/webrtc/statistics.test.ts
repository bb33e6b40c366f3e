import { expect, test } from 'vitest';

import { readStatistics } from './statistics';

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

test('statistics come from the selected pair and inbound streams', () => {
  expect(readStatistics([OTHER_PAIR, VIDEO, AUDIO, PAIR, LOCAL, TRANSPORT])).toEqual({
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
  expect(readStatistics([OTHER_PAIR, nominated, LOCAL]).bytesSent).toBe(20);
});

test('a relayed path is named by the way to the relay', () => {
  const relayed = { ...LOCAL, candidateType: 'relay', relayProtocol: 'tls' };
  expect(readStatistics([PAIR, relayed, TRANSPORT]).path).toBe('relay/tls');
});

test('what is not there yet is nothing', () => {
  const { path, roundTripMs, framesDecoded } = readStatistics([null, 1, TRANSPORT]);
  expect({ path, roundTripMs, framesDecoded }).toEqual({
    path: null,
    roundTripMs: null,
    framesDecoded: 0,
  });
});
