// Events for remote tracks and streams (webrtc-pc 5.7; 4.4.1.5, 9.3).

import { equal, must, next, ok, record, until, type Subject } from './assertions.ts';
import { connect, described, negotiate, trickle } from './pair.ts';
import { tone, video } from './sources.ts';

export const tracks: Subject = {
  name: 'tracks',
  tests: {
    'the track event fires before setRemoteDescription resolves': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await video(scope));
      await one.setLocalDescription();
      const seen = record(other, 'track');
      await other.setRemoteDescription(described(one));
      equal(seen.length, 1, 'track events');
    },
    'the event names receiver, transceiver, track and streams': async (scope) => {
      const [one, other] = scope.pair();
      const stream = new MediaStream();
      one.addTrack(await video(scope), stream);
      await one.setLocalDescription();
      const announced = next<RTCTrackEvent>(other, 'track');
      await other.setRemoteDescription(described(one));
      const event = await announced;
      ok(event instanceof RTCTrackEvent, 'an RTCTrackEvent');
      ok(event.receiver === other.getReceivers()[0], 'receiver');
      ok(event.transceiver === other.getTransceivers()[0], 'transceiver');
      ok(event.track === event.receiver.track, 'track');
      equal(event.streams.length, 1, 'streams');
      equal(event.streams[0]?.id, stream.id, "the stream's id");
      ok(event.streams[0]?.getTracks()[0] === event.track, 'the track is in it');
    },
    'a rollback gives a track its earlier streams again': async (scope) => {
      const [one, other] = scope.pair();
      const [before, after] = [new MediaStream(), new MediaStream()];
      const sender = one.addTrack(await tone(scope), before);
      const streams = new Map<string, MediaStream>();
      const known = new WeakSet<MediaStream>();
      const seen: string[] = [];
      const nameOf = ({ id }: MediaStream): string => (id === before.id ? 'before' : 'after');
      other.addEventListener('track', (event) => {
        for (const stream of event.streams) {
          streams.set(stream.id, stream);
          if (known.has(stream)) continue;
          known.add(stream);
          for (const type of ['addtrack', 'removetrack']) {
            stream.addEventListener(type, () => seen.push(`${type} ${nameOf(stream)}`));
          }
        }
      });
      await negotiate(one, other);
      const tracksOf = ({ id }: MediaStream): number =>
        must(streams.get(id), 'a stream').getTracks().length;
      equal(tracksOf(before), 1, 'at first');
      const first = streams.get(before.id);
      sender.setStreams(after);
      await one.setLocalDescription();
      await other.setRemoteDescription(described(one));
      equal([tracksOf(before), tracksOf(after)], [0, 1], 'after the offer');
      await other.setRemoteDescription({ type: 'rollback' });
      equal([tracksOf(before), tracksOf(after)], [1, 0], 'after the rollback');
      // Chromium makes another stream with the earlier id, which has the track from the start.
      const added = streams.get(before.id) === first ? ['addtrack before'] : [];
      equal(
        seen.toSorted(),
        [...added, 'removetrack after', 'removetrack before'],
        'events of the streams that the page knows',
      );
    },
    'tracks of one stream arrive in one stream': async (scope) => {
      const [one, other] = scope.pair();
      const stream = new MediaStream();
      one.addTrack(await tone(scope), stream);
      one.addTrack(await video(scope), stream);
      const streams: MediaStream[] = [];
      other.addEventListener('track', (event) => streams.push(...event.streams));
      await negotiate(one, other);
      equal(streams.length, 2, 'events');
      ok(streams[0] === streams[1], 'one stream');
      equal(
        streams[0]
          ?.getTracks()
          .map(({ kind }) => kind)
          .toSorted(),
        ['audio', 'video'],
        'kinds',
      );
    },
    'a track of no stream comes with none': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      await one.setLocalDescription();
      const announced = next<RTCTrackEvent>(other, 'track');
      await other.setRemoteDescription(described(one));
      equal((await announced).streams.length, 0, 'streams');
    },
    'a track of two streams comes with both': async (scope) => {
      const [one, other] = scope.pair();
      const both = [new MediaStream(), new MediaStream()];
      one.addTrack(await tone(scope), ...both);
      await one.setLocalDescription();
      const announced = next<RTCTrackEvent>(other, 'track');
      await other.setRemoteDescription(described(one));
      equal(idsOf((await announced).streams), idsOf(both), 'ids');
    },
    'tracks of a peer that signals no streams share one stream': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver(await tone(scope));
      one.addTransceiver(await video(scope));
      await one.setLocalDescription();
      const streams: MediaStream[] = [];
      other.addEventListener('track', (event) => streams.push(...event.streams));
      const { type, sdp } = described(one);
      const without = sdp.replaceAll(/a=(msid|ssrc|ssrc-group|msid-semantic):.*\r\n/g, '');
      await other.setRemoteDescription({ type, sdp: without });
      equal(streams.length, 2, 'events');
      ok(streams[0] === streams[1], 'one stream');
    },
    'a track that joins a stream is announced again': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope));
      await negotiate(one, other);
      const announced: string[][] = [];
      other.addEventListener('track', ({ streams }) => {
        announced.push(streams.map(({ id }) => id));
      });
      const stream = new MediaStream();
      sender.setStreams(stream);
      await negotiate(one, other);
      equal(announced, [[stream.id]], 'streams of the events');
    },
    'a direction that does not send announces no track': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('video', { direction: 'recvonly' });
      one.addTransceiver('video', { direction: 'inactive' });
      const seen = record(other, 'track');
      await negotiate(one, other);
      equal(seen, [], 'track events');
    },
    'the same offer again announces nothing': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await video(scope), new MediaStream());
      await negotiate(one, other);
      const seen = record(other, 'track');
      await negotiate(one, other);
      await negotiate(other, one);
      equal(seen, [], 'track events');
    },
    "the answerer's track is told to the offerer": async (scope) => {
      const [one, other] = scope.pair();
      const stream = new MediaStream();
      one.addTransceiver('audio');
      other.addTrack(await tone(scope), stream);
      const announced = next<RTCTrackEvent>(one, 'track');
      await negotiate(one, other);
      equal((await announced).streams[0]?.id, stream.id, "the stream's id");
    },
    'a second track joins its stream, which fires addtrack': async (scope) => {
      const [one, other] = scope.pair();
      const stream = new MediaStream();
      one.addTrack(await tone(scope), stream);
      const announced = next<RTCTrackEvent>(other, 'track');
      await negotiate(one, other);
      const theirs = must((await announced).streams[0], 'a stream');
      const added = next<MediaStreamTrackEvent>(theirs, 'addtrack');
      one.addTrack(await video(scope), stream);
      await negotiate(one, other);
      equal((await added).track.kind, 'video', 'kind');
      equal(theirs.getTracks().length, 2, 'tracks');
    },
    'a removed track leaves its stream, which fires removetrack': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope), new MediaStream());
      const announced = next<RTCTrackEvent>(other, 'track');
      await negotiate(one, other);
      const { streams, track } = await announced;
      const theirs = must(streams[0], 'a stream');
      const removed = next<MediaStreamTrackEvent>(theirs, 'removetrack');
      one.removeTrack(sender);
      await negotiate(one, other);
      ok((await removed).track === track, 'the same track');
      equal(theirs.getTracks(), [], 'tracks');
      ok(track.muted, 'it is muted');
      equal(track.readyState, 'live', 'and lives');
    },
    'a track that is sent again is announced again': async (scope) => {
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver(await tone(scope), { streams: [new MediaStream()] });
      const first = next<RTCTrackEvent>(other, 'track');
      await negotiate(one, other);
      const { track } = await first;
      transceiver.direction = 'inactive';
      await negotiate(one, other);
      transceiver.direction = 'sendrecv';
      const again = next<RTCTrackEvent>(other, 'track');
      await negotiate(one, other);
      ok((await again).track === track, 'the same track');
    },
    'a track is muted until media arrives, and after its direction stops': async (scope) => {
      const [one, other] = scope.pair();
      trickle(one, other);
      const transceiver = one.addTransceiver(await video(scope));
      const announced = next<RTCTrackEvent>(other, 'track');
      await one.setLocalDescription();
      await other.setRemoteDescription(described(one));
      const { track } = await announced;
      ok(track.muted, 'muted at first');
      const unmuted = next(track, 'unmute');
      await other.setLocalDescription();
      await one.setRemoteDescription(described(other));
      await unmuted;
      ok(!track.muted, 'unmuted');
      const muted = next(track, 'mute');
      transceiver.direction = 'inactive';
      await negotiate(one, other);
      await muted;
      ok(track.muted, 'muted again');
    },
    'a tone unmutes its track': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      await connect(one, other);
      const { track } = must(other.getReceivers()[0], 'a receiver');
      await until('it is unmuted', () => !track.muted);
    },
    'tracks end with their connection': async (scope) => {
      const [one, other] = scope.pair();
      const own = await tone(scope);
      one.addTrack(own);
      await negotiate(one, other);
      const { track } = must(other.getReceivers()[0], 'a receiver');
      equal(track.readyState, 'live', 'before');
      other.close();
      await until('it has ended', () => track.readyState === 'ended');
      one.close();
      equal(own.readyState, 'live', "one's own lives on");
    },
    "a receiver's track can be stopped alone": async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      await connect(one, other);
      const { track } = must(other.getReceivers()[0], 'a receiver');
      track.stop();
      equal(track.readyState, 'ended', 'readyState');
      equal(other.connectionState, 'connected', 'connectionState');
    },
  },
};

function idsOf(streams: readonly MediaStream[]): string[] {
  return streams.map(({ id }) => id).toSorted();
}
