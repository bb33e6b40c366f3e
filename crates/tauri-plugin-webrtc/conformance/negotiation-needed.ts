// When `negotiationneeded` fires (webrtc-pc 4.7.3).

import { equal, must, next, record, sleep, type Subject } from './assertions.ts';
import { answer, connect, negotiate } from './pair.ts';
import { tone, video } from './sources.ts';

/** Longer than the event takes. */
const QUIET_MS = 100;

export const negotiationNeeded: Subject = {
  name: 'negotiationneeded',
  tests: {
    'a new transceiver fires it': async (scope) => {
      const connection = scope.connection();
      const needed = next(connection, 'negotiationneeded');
      connection.addTransceiver('audio');
      await needed;
    },
    'a new track fires it': async (scope) => {
      const connection = scope.connection();
      const needed = next(connection, 'negotiationneeded');
      connection.addTrack(await video(scope));
      await needed;
    },
    'the first channel fires it, the second does not': async (scope) => {
      const [one, other] = scope.pair();
      const needed = next(one, 'negotiationneeded');
      one.createDataChannel('a');
      await needed;
      await connect(one, other);
      const seen = record(one, 'negotiationneeded');
      one.createDataChannel('b');
      await sleep(QUIET_MS);
      equal(seen, [], 'events');
    },
    'it fires later, never within the call': (scope) => {
      const connection = scope.connection();
      const seen = record(connection, 'negotiationneeded');
      connection.addTransceiver('audio');
      equal(seen, [], 'events');
    },
    'several changes are one event': async (scope) => {
      const connection = scope.connection();
      const seen = record(connection, 'negotiationneeded');
      connection.addTransceiver('audio');
      connection.addTransceiver('video');
      connection.createDataChannel('messages');
      await sleep(QUIET_MS);
      equal(seen.length, 1, 'events');
    },
    'a change during a negotiation fires it afterwards': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      const seen = record(one, 'negotiationneeded');
      one.addTransceiver('video');
      await sleep(QUIET_MS);
      equal(seen, [], 'events during it');
      const needed = next(one, 'negotiationneeded');
      await answer(one, other);
      await needed;
    },
    'an offered change does not fire it again': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      await negotiate(one, other);
      const seen = record(one, 'negotiationneeded');
      await sleep(QUIET_MS);
      equal(seen, [], 'events');
    },
    'an answerer that wants to send more fires it': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      await other.setRemoteDescription(must(one.localDescription, 'offer'));
      await other.setLocalDescription();
      await one.setRemoteDescription(must(other.localDescription, 'answer'));
      const needed = next(other, 'negotiationneeded');
      other.addTrack(await tone(scope));
      await needed;
    },
    'a new direction fires it, the same direction does not': async (scope) => {
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver('audio');
      await negotiate(one, other);
      await sleep(QUIET_MS);
      const seen = record(one, 'negotiationneeded');
      transceiver.direction = 'sendrecv';
      await sleep(QUIET_MS);
      equal(seen, [], 'the same direction');
      const needed = next(one, 'negotiationneeded');
      transceiver.direction = 'inactive';
      await needed;
    },
    'removing a track and stopping a transceiver fire it': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope));
      const transceiver = one.addTransceiver('video');
      await negotiate(one, other);
      await sleep(QUIET_MS);
      const removed = next(one, 'negotiationneeded', 'after removeTrack');
      one.removeTrack(sender);
      await removed;
      await negotiate(one, other);
      await sleep(QUIET_MS);
      const stopped = next(one, 'negotiationneeded', 'after stop');
      transceiver.stop();
      await stopped;
    },
    'restartIce fires it': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await negotiate(one, other);
      await sleep(QUIET_MS);
      const needed = next(one, 'negotiationneeded');
      one.restartIce();
      await needed;
    },
    'replaceTrack does not fire it': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope));
      await negotiate(one, other);
      await sleep(QUIET_MS);
      const seen = record(one, 'negotiationneeded');
      await sender.replaceTrack(await tone(scope));
      await sender.replaceTrack(null);
      await sleep(QUIET_MS);
      equal(seen, [], 'events');
    },
    'streams that neither side receives do not fire it again and again': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      one.addTransceiver('video');
      await negotiate(one, other);
      const [ours, theirs] = [one.getTransceivers()[0], other.getTransceivers()[1]];
      must(ours, 'an own one').direction = 'inactive';
      must(theirs, 'one of the other').direction = 'inactive';
      must(other.getTransceivers()[0], 'its counterpart').direction = 'sendrecv';
      await negotiate(one, other);
      await negotiate(other, one);
      await sleep(QUIET_MS);
      const asked = [one, other].map((each) => record(each, 'negotiationneeded'));
      await negotiate(one, other);
      await negotiate(other, one);
      await sleep(QUIET_MS);
      equal(asked, [[], []], 'events');
    },
    'a closed connection does not fire it': async (scope) => {
      const connection = scope.connection();
      const seen = record(connection, 'negotiationneeded');
      connection.addTransceiver('audio');
      connection.close();
      await sleep(QUIET_MS);
      equal(seen, [], 'events');
    },
  },
};
