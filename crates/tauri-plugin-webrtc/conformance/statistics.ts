// getStats: the entries and members that calls use (webrtc-stats).

import { equal, must, ok, rejects, throws, until, type Subject } from './assertions.ts';
import { channels, connect, negotiate } from './pair.ts';
import { listen, shown, tone, video } from './sources.ts';

export const statistics: Subject = {
  name: 'statistics',
  tests: {
    'a new connection has statistics': async (scope) => {
      const report = await scope.connection().getStats();
      ok(report instanceof RTCStatsReport, 'an RTCStatsReport');
      const entries = of(report, 'peer-connection');
      equal(entries.length, 1, 'peer-connection');
      equal(typeof entries[0]?.id, 'string', 'id');
      equal(typeof entries[0]?.timestamp, 'number', 'timestamp');
    },
    'a report is a map': async (scope) => {
      const report = await scope.connection().getStats();
      const [id] = [...report.keys()];
      ok(report.has(must(id, 'an id')), 'has');
      equal(Reflect.get(must(report.get(must(id, 'an id')), 'an entry'), 'id'), id, 'get');
      equal(report.size, [...report].length, 'size');
      let count = 0;
      for (const each of report.values()) count += Reflect.has(each, 'type') ? 1 : 0;
      equal(count, report.size, 'types');
    },
    'a transport has statistics before the answer': async (scope) => {
      const connection = scope.connection();
      connection.createDataChannel('messages');
      equal(of(await connection.getStats(), 'transport'), [], 'before the offer');
      await connection.setLocalDescription();
      const [transport] = of(await connection.getStats(), 'transport');
      equal(must(transport, 'transport')['dtlsState'], 'new', 'dtlsState');
      equal(must(transport, 'transport')['dtlsRole'], 'unknown', 'dtlsRole');
    },
    'a connected path has transport, pair and candidates': async (scope) => {
      const [one, other] = scope.pair();
      await channels(one, other);
      await until('a pair is selected', async () => {
        const [transport] = of(await one.getStats(), 'transport');
        return typeof transport?.['selectedCandidatePairId'] === 'string';
      });
      const report = await one.getStats();
      const transport = must(of(report, 'transport')[0], 'transport');
      equal(transport['dtlsState'], 'connected', 'dtlsState');
      for (const name of ['bytesSent', 'bytesReceived']) {
        ok(Number(transport[name]) > 0, name);
      }
      ok(/^FEF[CD]$/.test(String(transport['tlsVersion'])), 'tlsVersion');
      ok(String(transport['dtlsCipher']).startsWith('TLS_'), 'dtlsCipher');
      const pair = entry(report, transport['selectedCandidatePairId']);
      equal(pair['type'], 'candidate-pair', 'type');
      equal(pair['state'], 'succeeded', 'state');
      ok(pair['nominated'] === true, 'nominated');
      await until('its time is known', async () => {
        const later = await one.getStats();
        const [now] = of(later, 'transport');
        const time = entry(later, now?.['selectedCandidatePairId'])['currentRoundTripTime'];
        return typeof time === 'number' && time >= 0 && time < 5;
      });
      const local = entry(report, pair['localCandidateId']);
      equal(local['type'], 'local-candidate', 'local');
      equal(local['protocol'], 'udp', 'protocol');
      ok(typeof local['port'] === 'number', 'port');
      ok(['host', 'prflx'].includes(String(local['candidateType'])), 'candidateType');
      const remote = entry(report, pair['remoteCandidateId']);
      equal(remote['type'], 'remote-candidate', 'remote');
      const reports = [await one.getStats(), await other.getStats()];
      const certificates = reports.map((each) => {
        const [found] = of(each, 'transport');
        return ['localCertificateId', 'remoteCertificateId'].map((id) => {
          const text = entry(each, found?.[id])['base64Certificate'];
          ok(typeof text === 'string' && atob(text).charCodeAt(0) === 0x30, 'a certificate in DER');
          return text;
        });
      });
      equal(certificates[0], certificates[1]?.toReversed(), 'certificates of both sides');
    },
    'sent video frames are counted': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await video(scope));
      await connect(one, other);
      await until('frames are counted', async () => {
        const [sent] = of(await one.getStats(), 'outbound-rtp');
        return Number(sent?.['framesEncoded']) > 5 && Number(sent?.['framesSent']) > 5;
      });
      const report = await one.getStats();
      const sent = must(of(report, 'outbound-rtp')[0], 'outbound-rtp');
      equal(sent['kind'], 'video', 'kind');
      for (const name of ['ssrc', 'packetsSent', 'bytesSent', 'frameWidth', 'frameHeight']) {
        ok(Number(sent[name]) > 0, name);
      }
      for (const name of [
        'keyFramesEncoded',
        'nackCount',
        'pliCount',
        'retransmittedPacketsSent',
      ]) {
        equal(typeof sent[name], 'number', name);
      }
      equal(sent['active'], true, 'active');
      equal(entry(report, sent['codecId'])['mimeType'], 'video/VP8', 'codec');
      equal(entry(report, sent['mediaSourceId'])['kind'], 'video', 'media-source');
    },
    'received video frames are counted': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await video(scope));
      await connect(one, other);
      await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      await until('frames are counted', async () => {
        const [came] = of(await other.getStats(), 'inbound-rtp');
        return Number(came?.['framesDecoded']) > 5 && Number(came?.['framesReceived']) > 5;
      });
      const report = await other.getStats();
      const came = must(of(report, 'inbound-rtp')[0], 'inbound-rtp');
      equal(came['kind'], 'video', 'kind');
      equal(came['mid'], other.getTransceivers()[0]?.mid, 'mid');
      for (const name of [
        'ssrc',
        'packetsReceived',
        'bytesReceived',
        'frameWidth',
        'frameHeight',
      ]) {
        ok(Number(came[name]) > 0, name);
      }
      for (const name of ['packetsLost', 'jitter', 'framesDropped', 'nackCount', 'pliCount']) {
        equal(typeof came[name], 'number', name);
      }
      ok(Number(came['keyFramesDecoded']) >= 1, 'keyFramesDecoded');
      equal(came['trackIdentifier'], other.getReceivers()[0]?.track.id, 'trackIdentifier');
      equal(entry(report, came['codecId'])['mimeType'], 'video/VP8', 'codec');
    },
    'a stream has statistics from its first packet until it is stopped': async (scope) => {
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver('audio');
      await channels(one, other);
      equal(of(await other.getStats(), 'inbound-rtp'), [], 'before a packet');
      await transceiver.sender.replaceTrack(await tone(scope));
      await until('packets come', async () => {
        const [came] = of(await other.getStats(), 'inbound-rtp');
        return Number(came?.['packetsReceived']) > 5;
      });
      transceiver.direction = 'inactive';
      await negotiate(one, other);
      const [stream] = of(await one.getStats(), 'outbound-rtp');
      ok(Number(stream?.['packetsSent']) > 5, 'outbound-rtp while it pauses');
      transceiver.stop();
      equal(of(await one.getStats(), 'outbound-rtp').length, 1, 'outbound-rtp, stopped');
      await negotiate(one, other);
      equal(of(await one.getStats(), 'outbound-rtp'), [], 'outbound-rtp, negotiated');
      equal(of(await other.getStats(), 'inbound-rtp'), [], 'inbound-rtp, negotiated');
    },
    'received audio is measured': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope, 1000));
      await connect(one, other);
      const { track } = must(other.getReceivers()[0], 'a receiver');
      const element = new Audio();
      element.srcObject = new MediaStream([track]);
      scope.atEnd(() => {
        element.srcObject = null;
      });
      void element.play().catch(() => undefined);
      await until('audio is measured', async () => {
        const [came] = of(await other.getStats(), 'inbound-rtp');
        return Number(came?.['totalAudioEnergy']) > 0.01 && Number(came?.['audioLevel']) > 0.1;
      });
      const came = must(of(await other.getStats(), 'inbound-rtp')[0], 'inbound-rtp');
      for (const name of [
        'totalSamplesReceived',
        'totalSamplesDuration',
        'jitterBufferDelay',
        'jitterBufferEmittedCount',
      ]) {
        ok(Number(came[name]) > 0, name);
      }
      for (const name of ['concealedSamples', 'concealmentEvents', 'packetsDiscarded']) {
        equal(typeof came[name], 'number', name);
      }
    },
    'a connection with media names its cipher': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      await connect(one, other);
      const names = await Promise.all(
        [one, other].map(async (each) => of(await each.getStats(), 'transport')[0]?.['srtpCipher']),
      );
      equal(names[0], names[1], 'of both sides');
      ok(/^SRTP_\w*AES\w+$/.test(String(names[0])), String(names[0]));
    },
    'the delay of received audio follows the page': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      await connect(one, other);
      const receiver = must(other.getReceivers()[0], 'a receiver');
      equal(receiver.jitterBufferTarget, null, 'at first');
      for (const wrong of [-1, 4001]) {
        throws('RangeError', () => (receiver.jitterBufferTarget = wrong), `${wrong}`);
      }
      throws('TypeError', () => (receiver.jitterBufferTarget = Number.NaN), 'no number');
      await listen(scope, receiver.track);
      receiver.jitterBufferTarget = 300;
      equal(receiver.jitterBufferTarget, 300, 'the target');
      let before = await delays(receiver);
      await until(
        'packets wait for 300 ms',
        async () => {
          const now = await delays(receiver);
          const target = (now.target - before.target) / (now.emitted - before.emitted);
          before = now;
          return target >= 0.29;
        },
        20_000,
      );
      receiver.jitterBufferTarget = null;
      equal(receiver.jitterBufferTarget, null, 'in the end');
    },
    'a receiver names the sources that it plays': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope, 1000));
      one.addTrack(await video(scope));
      await connect(one, other);
      const [sound, picture] = other.getReceivers();
      const receivers = { audio: must(sound, 'sound'), video: must(picture, 'a picture') };
      equal(receivers.audio.getContributingSources(), [], 'nothing is mixed');
      await shown(scope, receivers.video.track);
      const element = new Audio();
      element.srcObject = new MediaStream([receivers.audio.track]);
      scope.atEnd(() => {
        element.srcObject = null;
      });
      void element.play().catch(() => undefined);
      await until('the tone is loud', () => {
        const [source] = receivers.audio.getSynchronizationSources();
        return (source?.audioLevel ?? 0) > 0.05;
      });
      await until('the picture has a source', () => {
        return receivers.video.getSynchronizationSources().length > 0;
      });
      const came = of(await other.getStats(), 'inbound-rtp');
      for (const kind of ['audio', 'video'] as const) {
        const [source] = receivers[kind].getSynchronizationSources();
        const { timestamp, rtpTimestamp, audioLevel, source: ssrc } = must(source, kind);
        const inbound = must(
          came.find((stats) => stats['kind'] === kind),
          'inbound-rtp',
        );
        equal(ssrc, inbound['ssrc'], 'source');
        const age = performance.timeOrigin + performance.now() - timestamp;
        ok(age > -50 && age < 2_000, 'timestamp');
        ok(Number.isInteger(rtpTimestamp) && rtpTimestamp >= 0, 'rtpTimestamp');
        equal(typeof audioLevel, kind === 'audio' ? 'number' : 'undefined', 'audioLevel');
        ok((audioLevel ?? 0) <= 1, 'at most 1');
      }
      equal(receivers.audio.getContributingSources(), [], 'nothing is mixed still');
    },
    'receiver reports of the peer are shown': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await video(scope));
      one.addTrack(await tone(scope));
      await connect(one, other);
      await until(
        'a report has come',
        async () => of(await one.getStats(), 'remote-inbound-rtp').length > 0,
        20_000,
      );
      const report = await one.getStats();
      const remote = must(of(report, 'remote-inbound-rtp')[0], 'remote-inbound-rtp');
      equal(entry(report, remote['localId'])['type'], 'outbound-rtp', 'what it is about');
      for (const name of ['packetsLost', 'fractionLost']) {
        equal(typeof remote[name], 'number', name);
      }
    },
    'sender reports of the peer are shown': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      await connect(one, other);
      await until(
        // The first report may precede the first packet.
        'a report of something sent has come',
        async () => {
          const [remote] = of(await other.getStats(), 'remote-outbound-rtp');
          return Number(remote?.['packetsSent']) > 0;
        },
        20_000,
      );
      const report = await other.getStats();
      const remote = must(of(report, 'remote-outbound-rtp')[0], 'remote-outbound-rtp');
      const came = entry(report, remote['localId']);
      equal(came['type'], 'inbound-rtp', 'what it is about');
      equal([came['remoteId'], came['ssrc']], [remote.id, remote['ssrc']], 'and back');
      for (const name of ['packetsSent', 'bytesSent', 'reportsSent', 'remoteTimestamp']) {
        ok(Number(remote[name]) > 0, name);
      }
    },
    'every candidate pair has its candidates': async (scope) => {
      const [one, other] = scope.pair();
      await channels(one, other);
      const report = await one.getStats();
      const pairs = of(report, 'candidate-pair');
      ok(pairs.length > 0, 'pairs');
      for (const pair of pairs) {
        equal(entry(report, pair['localCandidateId'])['type'], 'local-candidate', 'local');
        equal(entry(report, pair['remoteCandidateId'])['type'], 'remote-candidate', 'remote');
        for (const name of ['requestsSent', 'responsesReceived', 'bytesSent', 'nominated']) {
          ok(pair[name] !== undefined, name);
        }
      }
    },
    'data channel messages are counted': async (scope) => {
      const [one, other] = scope.pair();
      const [near, far] = await channels(one, other);
      near.send('hello');
      near.send('you');
      await until('they are counted', async () => {
        const [came] = of(await other.getStats(), 'data-channel');
        return came?.['messagesReceived'] === 2;
      });
      const sent = must(of(await one.getStats(), 'data-channel')[0], 'data-channel');
      equal([sent['label'], sent['state']], ['messages', 'open'], 'label and state');
      equal([sent['messagesSent'], sent['bytesSent']], [2, 8], 'sent');
      equal(sent['dataChannelIdentifier'], far.id, 'id');
    },
    'a sender, receiver or track can be selected': async (scope) => {
      const [one, other] = scope.pair();
      const track = await video(scope);
      const sender = one.addTrack(track);
      one.addTrack(await tone(scope));
      await connect(one, other);
      await until('something is sent', async () => {
        const [sent] = of(await sender.getStats(), 'outbound-rtp');
        return Number(sent?.['packetsSent']) > 0;
      });
      for (const report of [await sender.getStats(), await one.getStats(track)]) {
        equal(
          of(report, 'outbound-rtp').map((each) => each['kind']),
          ['video'],
          'outbound-rtp',
        );
      }
      const receiver = must(other.getReceivers()[0], 'a receiver');
      await until('something is received', async () => {
        const [came] = of(await receiver.getStats(), 'inbound-rtp');
        return Number(came?.['packetsReceived']) > 0;
      });
      equal(of(await receiver.getStats(), 'inbound-rtp').length, 1, 'inbound-rtp');
    },
    'an unknown track is an InvalidAccessError': async (scope) => {
      const connection = scope.connection();
      await rejects(
        'InvalidAccessError',
        connection.getStats(await video(scope)),
        'a foreign track',
      );
    },
  },
};

type Entry = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly timestamp: number;
};

function of(report: RTCStatsReport, type: string): readonly Entry[] {
  const entries: readonly Entry[] = [...report.values()];
  return entries.filter((each) => each['type'] === type);
}

function entry(report: RTCStatsReport, id: unknown): Entry {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a report's values are entries
  return must(report.get(String(id)), `the entry ${String(id)}`) as Entry;
}

/** The sums of the target delay, in seconds, over the samples that were played. */
async function delays(receiver: RTCRtpReceiver): Promise<{ target: number; emitted: number }> {
  const [inbound] = of(await receiver.getStats(), 'inbound-rtp');
  return {
    target: Number(inbound?.['jitterBufferTargetDelay'] ?? 0),
    emitted: Number(inbound?.['jitterBufferEmittedCount'] ?? 0),
  };
}
