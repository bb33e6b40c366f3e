// Crossing offers and rollback, explicit and implicit (webrtc-pc 4.4.1.5).

import {
  equal,
  must,
  next,
  ok,
  record,
  rejects,
  sleep,
  until,
  type Subject,
} from './assertions.ts';
import { answer, connect, connected, described, lines, negotiate, trickle } from './pair.ts';
import { frames, shown, tone, video } from './sources.ts';

export const glare: Subject = {
  name: 'glare',
  tests: {
    'a local offer is rolled back': async (scope) => {
      const connection = scope.connection();
      const transceiver = connection.addTransceiver('audio');
      await connection.setLocalDescription();
      ok(transceiver.mid !== null, 'it has a mid');
      await connection.setLocalDescription({ type: 'rollback' });
      equal(connection.signalingState, 'stable', 'signalingState');
      equal(connection.pendingLocalDescription, null, 'pendingLocalDescription');
      equal(connection.localDescription, null, 'localDescription');
      equal(transceiver.mid, null, 'its mid');
      equal(connection.getTransceivers().length, 1, 'transceivers');
    },
    'an offer can be set again after its rollback': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      const offer = await connection.createOffer();
      await connection.setLocalDescription(offer);
      await connection.setLocalDescription({ type: 'rollback' });
      await connection.setLocalDescription(offer);
      equal(connection.signalingState, 'have-local-offer', 'signalingState');
    },
    'a remote offer is rolled back': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      await other.setRemoteDescription(described(one));
      equal(other.getTransceivers().length, 1, 'transceivers before');
      await other.setRemoteDescription({ type: 'rollback' });
      equal(other.signalingState, 'stable', 'signalingState');
      equal(other.pendingRemoteDescription, null, 'pendingRemoteDescription');
      equal(other.remoteDescription, null, 'remoteDescription');
      equal(other.getTransceivers(), [], 'transceivers after');
    },
    "what a remote offer made stays when it was given one's own track": async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      await other.setRemoteDescription(described(one));
      const sender = other.addTrack(await tone(scope));
      await other.setRemoteDescription({ type: 'rollback' });
      const [kept] = other.getTransceivers();
      ok(kept?.sender === sender, 'the transceiver is kept');
      equal(kept?.mid, null, 'its mid');
    },
    'a rollback in stable is an InvalidStateError': async (scope) => {
      const [one, other] = scope.pair();
      const connection = scope.connection();
      await rejects(
        'InvalidStateError',
        connection.setLocalDescription({ type: 'rollback' }),
        'new',
      );
      one.addTransceiver('audio');
      await negotiate(one, other);
      await rejects('InvalidStateError', one.setLocalDescription({ type: 'rollback' }), 'agreed');
      await rejects('InvalidStateError', one.setRemoteDescription({ type: 'rollback' }), 'remote');
    },
    'negotiationneeded fires again after a rollback': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      await next(connection, 'negotiationneeded');
      await connection.setLocalDescription();
      const needed = next(connection, 'negotiationneeded', 'the need, again');
      await connection.setLocalDescription({ type: 'rollback' });
      await needed;
    },
    'a rollback keeps the earlier negotiation': async (scope) => {
      const [one, other] = scope.pair();
      const first = one.addTransceiver('audio');
      await negotiate(one, other);
      const mid = first.mid;
      const before = lines(one.localDescription, 'o=');
      one.addTransceiver('video');
      first.direction = 'inactive';
      await one.setLocalDescription();
      await one.setLocalDescription({ type: 'rollback' });
      equal(lines(one.localDescription, 'o='), before, 'localDescription');
      equal(first.mid, mid, 'mid');
      equal(first.direction, 'inactive', 'the direction stays');
      equal(first.currentDirection, 'sendonly', 'currentDirection');
    },
    'a remote offer implicitly rolls back a local one': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      other.addTransceiver('audio');
      await one.setLocalDescription();
      await other.setLocalDescription();
      const states = record(other, 'signalingstatechange');
      await other.setRemoteDescription(described(one));
      equal(other.signalingState, 'have-remote-offer', 'signalingState');
      equal(other.pendingLocalDescription, null, 'pendingLocalDescription');
      ok(states.length >= 1, 'the signaling state changed');
      const needed = next(other, 'negotiationneeded');
      await other.setLocalDescription();
      await one.setRemoteDescription(described(other));
      equal([one.signalingState, other.signalingState], ['stable', 'stable'], 'both states');
      await needed;
      await negotiate(other, one);
      equal(lines(described(other), 'm=').length, 2, 'm-lines');
    },
    'an offer that meets a local one passes through stable': async (scope) => {
      const [one, other] = scope.pair();
      for (const connection of [one, other]) {
        connection.addTransceiver('audio');
        await connection.setLocalDescription();
      }
      const states: string[] = [];
      one.addEventListener('signalingstatechange', () => {
        states.push(one.signalingState);
      });
      await one.setRemoteDescription(described(other));
      equal(states, ['stable', 'have-remote-offer'], 'signalingState');
    },
    'a refused remote offer leaves the local one': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      await connection.setLocalDescription();
      await rejects(
        'OperationError',
        connection.setRemoteDescription({ type: 'offer', sdp: 'nonsense' }),
        'nonsense',
      );
      ok(
        connection.signalingState === 'have-local-offer' || connection.signalingState === 'stable',
        'a state to go on from',
      );
    },
    'a stream loses the track of a rolled back offer': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope), new MediaStream());
      await one.setLocalDescription();
      const announced = next<RTCTrackEvent>(other, 'track');
      await other.setRemoteDescription(described(one));
      const { streams, track } = await announced;
      const stream = must(streams[0], 'a stream');
      equal(stream.getTracks().length, 1, 'tracks before');
      await other.setRemoteDescription({ type: 'rollback' });
      equal(stream.getTracks(), [], 'tracks after');
      ok(track.muted, 'the track is muted');
    },
    'crossing offers end in one connection with media in both directions': async (scope) => {
      const [one, other] = scope.pair();
      trickle(one, other);
      one.addTrack(await video(scope), new MediaStream());
      other.addTrack(await video(scope), new MediaStream());
      await Promise.all([one.setLocalDescription(), other.setLocalDescription()]);
      // Chromium gathers no more candidates after a rollback during gathering.
      await until('both have gathered', () =>
        [one, other].every(({ iceGatheringState }) => iceGatheringState === 'complete'),
      );
      // The polite side rolls back.
      await answer(one, other);
      await connected(one, other);
      for (const connection of [one, other]) {
        await shown(scope, must(connection.getReceivers()[0], 'a receiver').track);
      }
      equal(one.getTransceivers().length, 1, 'transceivers');
    },
    'a rolled back ICE restart leaves the media': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await video(scope));
      await connect(one, other);
      const element = await shown(scope, must(other.getReceivers()[0], 'a receiver').track);
      await one.setLocalDescription(await one.createOffer({ iceRestart: true }));
      await one.setLocalDescription({ type: 'rollback' });
      const before = frames(element);
      await sleep(500);
      ok(frames(element) > before, 'frames go on');
      equal(one.connectionState, 'connected', 'connectionState');
      await negotiate(one, other);
      await connected(one, other);
    },
  },
};
