// Senders: replacing and removing tracks, naming streams (webrtc-pc 5.2).

import { equal, must, next, ok, rejects, throws, until, type Subject } from './assertions.ts';
import { connect, described, lines, negotiate } from './pair.ts';
import { frames, listen, shown, tone, video } from './sources.ts';

export const senders: Subject = {
  name: 'senders',
  tests: {
    'a track takes the place of another before any offer': async (scope) => {
      const sender = scope.connection().addTransceiver('video').sender;
      const track = await video(scope);
      await sender.replaceTrack(track);
      ok(sender.track === track, "the sender's track");
    },
    'a track of another kind is a TypeError': async (scope) => {
      const connection = scope.connection();
      const own = await video(scope);
      const sender = connection.addTrack(own);
      await rejects('TypeError', sender.replaceTrack(await tone(scope)), 'audio on a video sender');
      ok(sender.track === own, 'the track stays');
    },
    'a closed connection replaces nothing': async (scope) => {
      const connection = scope.connection();
      const sender = connection.addTrack(await video(scope));
      connection.close();
      await rejects('InvalidStateError', sender.replaceTrack(null), 'closed');
    },
    'a stopped transceiver replaces nothing': async (scope) => {
      const connection = scope.connection();
      const transceiver = connection.addTransceiver(await video(scope));
      transceiver.stop();
      await rejects('InvalidStateError', transceiver.sender.replaceTrack(null), 'stopped');
    },
    'a track is replaced in a task of its own': async (scope) => {
      const [before, after] = await Promise.all([video(scope), video(scope)]);
      const sender = scope.connection().addTrack(before);
      const replaced = sender.replaceTrack(after);
      ok(sender.track === before, 'the track after the call');
      await Promise.resolve();
      ok(sender.track === before, 'the track after the microtasks');
      await replaced;
      ok(sender.track === after, 'the track in the end');
    },
    'a replaced tone arrives without a negotiation': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope, 500));
      await connect(one, other);
      const frequency = await listen(scope, must(other.getReceivers()[0], 'a receiver').track);
      await until('the first tone arrives', () => isNear(frequency(), 500));
      await sender.replaceTrack(await tone(scope, 1500));
      await until('the second tone arrives', () => isNear(frequency(), 1500));
      equal(one.signalingState, 'stable', 'signalingState');
    },
    'a tone replaced by null is silence, and a tone comes back': async (scope) => {
      const [one, other] = scope.pair();
      const track = await tone(scope, 500);
      const sender = one.addTrack(track);
      await connect(one, other);
      const frequency = await listen(scope, must(other.getReceivers()[0], 'a receiver').track);
      await until('the tone arrives', () => isNear(frequency(), 500));
      await sender.replaceTrack(null);
      equal(sender.track, null, "the sender's track");
      await until('there is silence', () => frequency() === null);
      await sender.replaceTrack(track);
      await until('the tone arrives again', () => isNear(frequency(), 500));
    },
    'video starts on a sender that had no track': async (scope) => {
      const [one, other] = scope.pair();
      const { sender } = one.addTransceiver('video');
      await connect(one, other);
      const { track } = must(other.getReceivers()[0], 'a receiver');
      await sender.replaceTrack(await video(scope));
      const element = await shown(scope, track);
      ok(element.videoWidth > 0, 'it has a size');
    },
    'a disabled tone is silence': async (scope) => {
      const [one, other] = scope.pair();
      const track = await tone(scope, 700);
      one.addTrack(track);
      await connect(one, other);
      const frequency = await listen(scope, must(other.getReceivers()[0], 'a receiver').track);
      await until('the tone arrives', () => isNear(frequency(), 700));
      track.enabled = false;
      await until('there is silence', () => frequency() === null);
      track.enabled = true;
      await until('the tone arrives again', () => isNear(frequency(), 700));
    },
    'one track is sent to two connections': async (scope) => {
      const track = await video(scope);
      for (const element of await Promise.all(
        [1, 2].map(async () => {
          const [one, other] = scope.pair();
          one.addTrack(track);
          await connect(one, other);
          return shown(scope, must(other.getReceivers()[0], 'a receiver').track);
        }),
      )) {
        const before = frames(element);
        await until('frames rise', () => frames(element) > before + 5);
      }
    },
    'streams can be named later': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope));
      await negotiate(one, other);
      const stream = new MediaStream();
      const needed = next(one, 'negotiationneeded');
      sender.setStreams(stream);
      await needed;
      await one.setLocalDescription();
      equal(lines(described(one), 'a=msid:')[0]?.split(' ')[0], stream.id, 'msid');
    },
    'a sender has its transport after the negotiation': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope));
      equal(sender.transport, null, 'before');
      await connect(one, other);
      const transport = must(sender.transport, 'the transport');
      equal(transport.state, 'connected', 'its state');
      ok(transport.iceTransport instanceof RTCIceTransport, 'an RTCIceTransport');
      ok(['connected', 'completed'].includes(transport.iceTransport.state), 'its ICE state');
    },
    'transports are there from the local description on': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      one.createDataChannel('messages');
      await one.setLocalDescription();
      ok(one.getSenders()[0]?.transport instanceof RTCDtlsTransport, 'its transport');
      ok(one.sctp instanceof RTCSctpTransport, 'sctp');
      await other.setRemoteDescription(described(one));
      equal(other.getSenders()[0]?.transport, null, 'before the answer');
      await other.setLocalDescription();
      ok(other.getSenders()[0]?.transport instanceof RTCDtlsTransport, 'with the answer');
      await one.setRemoteDescription(described(other));
      ok(one.sctp instanceof RTCSctpTransport, 'after the answer');
    },
    'a closed connection takes no track': async (scope) => {
      const connection = scope.connection();
      const track = await tone(scope);
      const sender = connection.addTrack(track);
      connection.close();
      throws('InvalidStateError', () => connection.addTrack(track), 'addTrack');
      throws(
        'InvalidStateError',
        () => {
          connection.removeTrack(sender);
        },
        'removeTrack',
      );
    },
  },
};

/** Tolerance of the analyser and the codec. */
function isNear(heard: number | null, expected: number): boolean {
  return heard !== null && Math.abs(heard - expected) < 40;
}
