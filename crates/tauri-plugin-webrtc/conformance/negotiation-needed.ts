// When a connection asks for a negotiation, and when it does not (webrtc-pc 4.7.3).

import { equal, must, next, record, stretch, type Subject } from './kit.ts';
import { answer, connect, negotiate } from './pair.ts';
import { tone, video } from './sources.ts';

/** Longer than it takes to notice, in milliseconds. */
const MEANWHILE = 100;

export const negotiationNeeded: Subject = {
  name: 'negotiationneeded',
  tests: {
    'a transceiver brings it about': async (scope) => {
      const connection = scope.connection();
      const needed = next(connection, 'negotiationneeded');
      connection.addTransceiver('audio');
      await needed;
    },
    'a track brings it about': async (scope) => {
      const connection = scope.connection();
      const needed = next(connection, 'negotiationneeded');
      connection.addTrack(await video(scope));
      await needed;
    },
    'the first channel brings it about, the second does not': async (scope) => {
      const [one, other] = scope.pair();
      const needed = next(one, 'negotiationneeded');
      one.createDataChannel('a');
      await needed;
      await connect(one, other);
      const seen = record(one, 'negotiationneeded');
      one.createDataChannel('b');
      await stretch(MEANWHILE);
      equal(seen, [], 'events');
    },
    'it comes later, never from within the call': (scope) => {
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
      connection.createDataChannel('letters');
      await stretch(MEANWHILE);
      equal(seen.length, 1, 'events');
    },
    'a change during a negotiation is told after it': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      const seen = record(one, 'negotiationneeded');
      one.addTransceiver('video');
      await stretch(MEANWHILE);
      equal(seen, [], 'events during it');
      const needed = next(one, 'negotiationneeded');
      await answer(one, other);
      await needed;
    },
    'an offered change is not asked for again': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      await negotiate(one, other);
      const seen = record(one, 'negotiationneeded');
      await stretch(MEANWHILE);
      equal(seen, [], 'events');
    },
    'an answerer who wants to send more asks': async (scope) => {
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
    'a change of direction brings it about, the same direction does not': async (scope) => {
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver('audio');
      await negotiate(one, other);
      await stretch(MEANWHILE);
      const seen = record(one, 'negotiationneeded');
      transceiver.direction = 'sendrecv';
      await stretch(MEANWHILE);
      equal(seen, [], 'the same direction');
      const needed = next(one, 'negotiationneeded');
      transceiver.direction = 'inactive';
      await needed;
    },
    'removing and stopping bring it about': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope));
      const transceiver = one.addTransceiver('video');
      await negotiate(one, other);
      await stretch(MEANWHILE);
      const removed = next(one, 'negotiationneeded', 'after removeTrack');
      one.removeTrack(sender);
      await removed;
      await negotiate(one, other);
      await stretch(MEANWHILE);
      const stopped = next(one, 'negotiationneeded', 'after stop');
      transceiver.stop();
      await stopped;
    },
    'restarting ICE brings it about': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await negotiate(one, other);
      await stretch(MEANWHILE);
      const needed = next(one, 'negotiationneeded');
      one.restartIce();
      await needed;
    },
    'another track in a sender does not bring it about': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope));
      await negotiate(one, other);
      await stretch(MEANWHILE);
      const seen = record(one, 'negotiationneeded');
      await sender.replaceTrack(await tone(scope));
      await sender.replaceTrack(null);
      await stretch(MEANWHILE);
      equal(seen, [], 'events');
    },
    'what neither takes of the other is not asked for over and over': async (scope) => {
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
      await stretch(MEANWHILE);
      const asked = [one, other].map((each) => record(each, 'negotiationneeded'));
      await negotiate(one, other);
      await negotiate(other, one);
      await stretch(MEANWHILE);
      equal(asked, [[], []], 'events');
    },
    'a closed connection asks for nothing': async (scope) => {
      const connection = scope.connection();
      const seen = record(connection, 'negotiationneeded');
      connection.addTransceiver('audio');
      connection.close();
      await stretch(MEANWHILE);
      equal(seen, [], 'events');
    },
  },
};
