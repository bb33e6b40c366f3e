import { expect, test } from 'vitest';

import type { PairStatistics, Statistics } from '../bridge/wire.ts';
import { TestPeer, negotiate } from '../jsep/testing/test-peer.ts';
import { buildStatistics, type StatisticsInput } from './statistics.ts';

const NOTHING_COUNTED = { encodings: [], sources: [], receivers: [] };

const FINGERPRINT = { algorithm: 'sha-256', value: 'AB:CD' };

function pair(remoteCandidate: string): PairStatistics {
  return {
    localCandidate: 'L',
    remoteCandidate,
    state: 'succeeded',
    nominated: true,
    packetsSent: 10,
    packetsReceived: 20,
    bytesSent: 1000,
    bytesReceived: 2000,
    currentRoundTripTime: 0.02,
    totalRoundTripTime: 0.04,
    requestsSent: 2,
    requestsReceived: 1,
    responsesSent: 1,
    responsesReceived: 2,
  };
}

test('certificates are base64, once they are known', () => {
  const certificates = buildStatistics(input({ fingerprint: FINGERPRINT })).filter(
    ({ type }) => type === 'certificate',
  );
  expect(certificates.map((one) => one['base64Certificate'])).toEqual(['MIL/', undefined]);
});

test('each direction names the codec of its last packet', () => {
  const given = hearing();
  const [inbound] = given.statistics?.inbound ?? [];
  if (given.statistics === null || inbound === undefined) throw new Error('something is received');
  const [outbound] = input().statistics?.outbound ?? [];
  if (outbound === undefined) throw new Error('something is sent');
  const statistics: Statistics = {
    ...given.statistics,
    outbound: [{ ...outbound, payloadType: 0 }],
    inbound: [{ ...inbound, payloadType: 8 }],
  };
  const entries = buildStatistics({ ...given, statistics });
  const codecOf = (direction: string): unknown => {
    const id = entries.find(({ type }) => type === direction)?.['codecId'];
    return entries.find((one) => one.id === id)?.['mimeType'];
  };
  expect(codecOf('outbound-rtp')).toBe('audio/PCMU');
  expect(codecOf('inbound-rtp')).toBe('audio/PCMA');
  expect(entries.filter(({ type }) => type === 'codec')).toHaveLength(2);
});

function outboundOf(given: StatisticsInput): unknown {
  return buildStatistics(given).find(({ type }) => type === 'outbound-rtp');
}

/** A track that is received, with a sender report of the peer. */
function hearing(): StatisticsInput {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  const { id } = a.add('audio');
  b.add('audio', 'sendrecv', 'add-track');
  negotiate(a, b);
  const given = input();
  const { statistics } = given;
  if (statistics === null) throw new Error('there are some');
  const remote = { packetsSent: 50, bytesSent: 4000, reportsSent: 2, remoteTimestamp: 7 };
  const counted = {
    mid: '0',
    receiver: id,
    ssrc: 9,
    payloadType: 111,
    packetsReceived: 49,
    bytesReceived: 3900,
    packetsLost: 1,
    jitter: 0.001,
    nackCount: 0,
    pliCount: 0,
    firCount: 0,
    totalSamplesReceived: 48000,
    concealedSamples: null,
    silentConcealedSamples: null,
    concealmentEvents: null,
    insertedSamplesForDeceleration: null,
    removedSamplesForAcceleration: null,
    fecPacketsReceived: null,
    packetsDiscarded: 0,
    audioLevel: null,
    totalAudioEnergy: null,
    totalSamplesDuration: 1,
    jitterBufferDelay: null,
    jitterBufferTargetDelay: null,
    jitterBufferEmittedCount: null,
    remote,
  };
  return {
    ...given,
    ice: a.state.local,
    session: a.state.session,
    statistics: { ...statistics, outbound: [], inbound: [counted] },
    transceivers: [{ id, mid: '0', kind: 'audio', track: null, source: null, receivedTrack: 'r' }],
  };
}

function input(change: Partial<StatisticsInput> = {}): StatisticsInput {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  const { id } = a.add('video');
  b.add('video', 'sendrecv', 'add-track');
  negotiate(a, b);
  const statistics: Statistics = {
    transport: {
      bytesSent: 1000,
      bytesReceived: 2000,
      packetsSent: 10,
      packetsReceived: 20,
      availableOutgoingBitrate: 800000,
      localCandidate: 'L',
      remoteCandidate: 'R',
      selectedCandidatePairChanges: 1,
      tlsVersion: 'FEFD',
      dtlsCipher: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      srtpCipher: 'AEAD_AES_128_GCM',
      localCertificate: '3082ff',
      remoteCertificate: null,
    },
    outbound: [
      {
        mid: '0',
        ssrc: 7,
        payloadType: 96,
        encoding: 3,
        targetBitrate: 500000,
        packetsSent: 9,
        bytesSent: 900,
        retransmittedPacketsSent: 0,
        retransmittedBytesSent: 0,
        nackCount: 0,
        pliCount: 1,
        firCount: 0,
        roundTripTime: 0.02,
        fractionLost: 0,
        remotePacketsLost: 0,
        remoteJitter: 0.001,
      },
    ],
    inbound: [],
    candidatePairs: [pair('R'), { ...pair('Q'), state: 'in-progress', nominated: false }],
    candidates: ['L', 'R', 'Q'].map((one) => ({
      id: one,
      isRemote: one !== 'L',
      candidateType: 'host',
      protocol: 'udp',
      relayProtocol: null,
      address: '192.0.2.1',
      port: 5,
      priority: 1,
      url: null,
    })),
    channels: [],
  };
  return {
    timestamp: 1,
    ice: a.state.local,
    session: a.state.session,
    statistics,
    counts: {
      ...NOTHING_COUNTED,
      encodings: [
        {
          encoding: 3,
          codec: 'vp8',
          framesEncoded: 30,
          keyFramesEncoded: 1,
          frameWidth: 640,
          frameHeight: 480,
          framesPerSecond: 30,
          totalEncodeTime: 0.1,
        },
      ],
    },
    transceivers: [{ id, mid: '0', kind: 'video', track: 't', source: 5, receivedTrack: 'r' }],
    channels: [],
    channelsOpened: 0,
    channelsClosed: 0,
    iceState: 'connected',
    dtlsState: 'connected',
    fingerprint: null,
    selected: null,
    ...change,
  };
}

test.each([
  ['sending', input],
  ['receiving', hearing],
])('%s: every referenced entry exists', (_, given) => {
  const entries = buildStatistics(given());
  const ids = new Set(entries.map(({ id }) => id));
  expect(ids.size).toBe(entries.length);
  for (const entry of entries) {
    for (const [name, value] of Object.entries(entry)) {
      if (!name.endsWith('Id')) continue;
      expect([name, ids.has(String(value))]).toEqual([name, true]);
    }
  }
});

test('outbound-rtp has the counters of the encoder, remote-inbound-rtp the peer’s', () => {
  const entries = buildStatistics(input());
  const of = (type: string): unknown => entries.find((entry) => entry.type === type);
  expect(of('outbound-rtp')).toMatchObject({ framesEncoded: 30, frameWidth: 640, bytesSent: 900 });
  expect(of('remote-inbound-rtp')).toMatchObject({ roundTripTime: 0.02, packetsLost: 0 });
  expect(of('transport')).toMatchObject({ bytesReceived: 2000, selectedCandidatePairId: 'CPL_R' });
  expect(of('codec')).toMatchObject({ mimeType: 'video/VP8', payloadType: 96 });
});

test('video alone has an encodingIndex', () => {
  expect(outboundOf(input())).toMatchObject({ kind: 'video', encodingIndex: 0 });
  const [sent] = input().statistics?.outbound ?? [];
  const { statistics, ...rest } = hearing();
  if (statistics === null || sent === undefined) throw new Error('there are some');
  const audio = outboundOf({ ...rest, statistics: { ...statistics, outbound: [sent] } });
  expect(audio).toMatchObject({ kind: 'audio' });
  expect(audio).not.toHaveProperty('encodingIndex');
});

test('inbound-rtp has the packets that were discarded', () => {
  const given = hearing();
  const inbound = (): unknown => buildStatistics(given).find(({ type }) => type === 'inbound-rtp');
  expect(inbound()).toMatchObject({ packetsDiscarded: 0 });
  for (const one of given.statistics?.inbound ?? []) one.packetsDiscarded = 4;
  expect(inbound()).toMatchObject({ packetsDiscarded: 4 });
  for (const one of given.statistics?.inbound ?? []) one.packetsDiscarded = null;
  expect(inbound()).not.toHaveProperty('packetsDiscarded');
});

test('remote-inbound-rtp exists after the first receiver report', () => {
  const given = input();
  for (const outbound of given.statistics?.outbound ?? []) outbound.fractionLost = null;
  const entries = buildStatistics(given);
  expect(entries.find(({ type }) => type === 'remote-inbound-rtp')).toBeUndefined();
  expect(entries.find(({ type }) => type === 'outbound-rtp')).not.toHaveProperty('remoteId');
});

test('every pair has an entry, the nominated one with a bandwidth estimate', () => {
  const pairs = buildStatistics(input()).filter(({ type }) => type === 'candidate-pair');
  expect(pairs).toMatchObject([
    { id: 'CPL_R', state: 'succeeded', nominated: true, availableOutgoingBitrate: 800000 },
    { id: 'CPL_Q', state: 'in-progress', nominated: false, remoteCandidateId: 'Q' },
  ]);
  expect(pairs[1]).not.toHaveProperty('availableOutgoingBitrate');
});

test('remote-outbound-rtp has the sender report of the peer', () => {
  const entries = buildStatistics(hearing());
  const remote = entries.find(({ type }) => type === 'remote-outbound-rtp');
  expect(remote).toMatchObject({ kind: 'audio', ssrc: 9, packetsSent: 50, localId: 'I9' });
  expect(entries.find(({ type }) => type === 'inbound-rtp')).toMatchObject({
    remoteId: remote?.id,
  });
});

test('a transport before the answer has no roles', () => {
  const before = buildStatistics(input({ session: null, dtlsState: 'new' }));
  expect(before.find(({ type }) => type === 'transport')).toMatchObject({
    dtlsState: 'new',
    dtlsRole: 'unknown',
    iceRole: 'unknown',
  });
  const undescribed = buildStatistics(input({ session: null, ice: null }));
  expect(undescribed.map(({ type }) => type)).not.toContain('transport');
});

test('members without a counter are absent', () => {
  const silent = buildStatistics(input({ statistics: null, session: null }));
  expect(silent.map(({ type }) => type)).toEqual(['peer-connection', 'media-source']);
});

test('a selector keeps its entries and those they refer to', () => {
  const whole = input();
  const [transceiver] = whole.transceivers;
  const selected = { transceiver: transceiver?.id ?? 0, direction: 'inbound' as const };
  const types = buildStatistics({ ...whole, selected }).map(({ type }) => type);
  expect(types).not.toContain('outbound-rtp');
  expect(types).not.toContain('peer-connection');
});
