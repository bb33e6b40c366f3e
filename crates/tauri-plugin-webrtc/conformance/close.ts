// Closing a connection: the effects on this side, on the peer, and on later calls (webrtc-pc
// 4.4.1.6).

import {
  equal,
  must,
  ok,
  record,
  rejects,
  sleep,
  throws,
  until,
  type Subject,
} from './assertions.ts';
import { connect, described } from './pair.ts';
import { tone } from './sources.ts';

const EVENTS = [
  'signalingstatechange',
  'iceconnectionstatechange',
  'icegatheringstatechange',
  'connectionstatechange',
  'negotiationneeded',
  'icecandidate',
  'track',
] as const;

export const close: Subject = {
  name: 'close',
  tests: {
    'all states read closed at once, and tracks end': async (scope) => {
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver('audio');
      await connect(one, other);
      one.close();
      equal(one.signalingState, 'closed', 'signalingState');
      equal(one.connectionState, 'closed', 'connectionState');
      equal(one.iceConnectionState, 'closed', 'iceConnectionState');
      await until('its track ends', () => transceiver.receiver.track.readyState === 'ended');
    },
    'close fires no event': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await connect(one, other);
      const seen = record(one, ...EVENTS);
      const dtls = must(one.getSenders()[0]?.transport, 'a transport');
      // Chromium fires one at the SCTP transport.
      const seenBelow = [dtls, dtls.iceTransport].map((each) => record(each, 'statechange'));
      one.close();
      equal([dtls.state, dtls.iceTransport.state], ['closed', 'closed'], 'states');
      await sleep(200);
      equal(seen, [], 'events');
      equal(seenBelow, [[], []], 'events of the transports');
    },
    'a second close does nothing': (scope) => {
      const connection = scope.connection();
      connection.close();
      connection.close();
      equal(connection.signalingState, 'closed', 'signalingState');
    },
    'every call after close is refused': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      const offer = described(one);
      other.close();
      await rejects('InvalidStateError', other.createOffer(), 'createOffer');
      await rejects('InvalidStateError', other.createAnswer(), 'createAnswer');
      await rejects('InvalidStateError', other.setLocalDescription(), 'setLocalDescription');
      await rejects('InvalidStateError', other.setRemoteDescription(offer), 'setRemoteDescription');
      await rejects(
        'InvalidStateError',
        other.addIceCandidate({ candidate: '', sdpMid: '0' }),
        'addIceCandidate',
      );
      throws('InvalidStateError', () => other.addTransceiver('audio'), 'addTransceiver');
      throws(
        'InvalidStateError',
        () => {
          other.setConfiguration({});
        },
        'setConfiguration',
      );
      other.restartIce();
      equal((await other.getStats()).size >= 0, true, 'getStats still answers');
    },
    'pending operations never settle or fail, and the page lives': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      let isFulfilled = false;
      const ask = async (): Promise<void> => {
        await connection.createOffer();
        isFulfilled = true;
      };
      ask().catch(() => undefined);
      connection.close();
      await sleep(100);
      ok(!isFulfilled, 'no offer of a closed connection');
    },
    'the peer notices the close': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      const channel = one.createDataChannel('messages');
      await connect(one, other);
      await until('the channel is open', () => channel.readyState === 'open');
      one.close();
      await until(
        'the other knows',
        () => ['disconnected', 'failed', 'closed'].includes(other.connectionState),
        15_000,
      );
      equal(other.signalingState, 'stable', 'signalingState');
    },
    'senders and transceivers stay readable': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope));
      await connect(one, other);
      one.close();
      ok(sender.track !== null, 'the track');
      equal(one.getSenders().length <= 1, true, 'senders');
      ok(must(sender.track, 'the track').readyState === 'live', 'which lives');
    },
    'twenty connections come and go': async (scope) => {
      for (let count = 0; count < 10; count += 1) {
        const [one, other] = scope.pair();
        one.createDataChannel('messages');
        await connect(one, other);
        one.close();
        other.close();
      }
      const [one, other] = scope.pair();
      one.createDataChannel('messages');
      await connect(one, other);
      equal(one.connectionState, 'connected', 'the last');
    },
  },
};
