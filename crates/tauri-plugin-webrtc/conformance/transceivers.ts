// Transceivers: creation, association with an m-line, reuse, stopping (webrtc-pc 5.4).

import { equal, must, next, ok, sleep, throws, until, type Subject } from './assertions.ts';
import { connect, described, lines, negotiate, sections } from './pair.ts';
import { frames, shown, tone, video } from './sources.ts';

export const transceivers: Subject = {
  name: 'transceivers',
  tests: {
    'a new transceiver has no mid and no current direction': (scope) => {
      const transceiver = scope.connection().addTransceiver('audio');
      equal(transceiver.mid, null, 'mid');
      equal(transceiver.direction, 'sendrecv', 'direction');
      equal(transceiver.currentDirection, null, 'currentDirection');
      equal(transceiver.sender.track, null, "the sender's track");
      equal(transceiver.receiver.track.kind, 'audio', "the receiver's track");
      equal(transceiver.receiver.track.readyState, 'live', 'its state');
      ok(transceiver.receiver.track.muted, 'it is muted');
    },
    'setting an offer assigns the mid': async (scope) => {
      const connection = scope.connection();
      const transceiver = connection.addTransceiver('audio');
      const offer = await connection.createOffer();
      equal(transceiver.mid, null, 'mid before');
      await connection.setLocalDescription(offer);
      equal(transceiver.mid, lines(offer, 'a=mid:')[0], 'mid after');
    },
    'a remote offer creates a receiving transceiver': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('video');
      await one.setLocalDescription();
      await other.setRemoteDescription(described(one));
      const [made] = other.getTransceivers();
      equal(made?.direction, 'recvonly', 'direction');
      equal(made?.currentDirection, null, 'currentDirection');
      equal(made?.mid, one.getTransceivers()[0]?.mid, 'mid');
    },
    "a remote offer takes an added track's": async (scope) => {
      const [one, other] = scope.pair();
      other.addTrack(await tone(scope));
      one.addTransceiver('audio');
      await negotiate(one, other);
      equal(other.getTransceivers().length, 1, 'transceivers');
      equal(other.getTransceivers()[0]?.currentDirection, 'sendrecv', 'currentDirection');
    },
    'a remote offer does not use transceivers of addTransceiver': async (scope) => {
      const [one, other] = scope.pair();
      const own = other.addTransceiver('audio');
      one.addTransceiver('audio');
      await negotiate(one, other);
      equal(other.getTransceivers().length, 2, 'transceivers');
      equal(own.mid, null, 'its mid');
    },
    'addTrack reuses a receiving transceiver': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('video');
      await negotiate(one, other);
      const [made] = other.getTransceivers();
      const sender = other.addTrack(await video(scope));
      ok(made?.sender === sender, 'the same sender');
      equal(made?.direction, 'sendrecv', 'direction');
      equal(other.getTransceivers().length, 1, 'transceivers');
    },
    'a removed track leaves its transceiver': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await video(scope));
      await negotiate(one, other);
      one.removeTrack(sender);
      const [left] = one.getTransceivers();
      equal(sender.track, null, "the sender's track");
      equal(left?.direction, 'recvonly', 'direction');
      equal(left?.currentDirection, 'sendonly', 'currentDirection');
      await negotiate(one, other);
      equal(left?.currentDirection, 'inactive', 'currentDirection, agreed');
      one.removeTrack(sender);
      equal(left?.direction, 'recvonly', 'direction, removed twice');
    },
    'a transceiver that has sent is not reused by another track': async (scope) => {
      const connection = scope.connection();
      connection.addTrack(await tone(scope));
      connection.addTrack(await tone(scope));
      equal(connection.getTransceivers().length, 2, 'transceivers');
    },
    'transceivers are listed in the order of creation': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('video');
      one.addTransceiver('audio');
      one.addTransceiver('video');
      await negotiate(one, other);
      equal(kindsOf(one), ['video', 'audio', 'video'], "the offerer's");
      equal(kindsOf(other), ['video', 'audio', 'video'], "the answerer's");
    },
    'stop applies at once and reaches the peer by negotiation': async (scope) => {
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver('audio');
      one.addTransceiver('video');
      await negotiate(one, other);
      const [theirs] = other.getTransceivers();
      equal([isStopped(transceiver), isStopped(theirs)], [false, false], 'stopped, before');
      transceiver.stop();
      equal(transceiver.direction, 'stopped', 'direction');
      equal(transceiver.currentDirection, 'sendonly', 'currentDirection');
      await negotiate(one, other);
      equal(transceiver.receiver.track.readyState, 'ended', "the receiver's track");
      equal(transceiver.currentDirection, 'stopped', 'currentDirection, agreed');
      equal(theirs?.currentDirection, 'stopped', "the other's currentDirection");
      equal(theirs?.receiver.track.readyState, 'ended', "the other's track");
      equal([isStopped(transceiver), isStopped(theirs)], [true, true], 'stopped, agreed');
      equal([transceiver.mid, theirs?.mid], [null, null], 'mids');
      equal(one.getTransceivers().length, 1, 'transceivers left');
      equal(other.getTransceivers().length, 1, "the other's transceivers left");
      ok(must(sections(one.localDescription)[0], 'its m-line').startsWith('m=audio 0 '), 'refused');
    },
    'stop ends the received track in a task of its own': async (scope) => {
      const transceiver = scope.connection().addTransceiver('audio');
      const { track } = transceiver.receiver;
      const ended = next(track, 'ended');
      transceiver.stop();
      equal(track.readyState, 'live', 'its state after the call');
      await ended;
      equal(track.readyState, 'ended', 'its state in the end');
    },
    'a transceiver stopped before any offer is never offered': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio').stop();
      connection.addTransceiver('video');
      await connection.setLocalDescription();
      const kinds = lines(connection.localDescription, 'm=').map((line) => line.split(' ')[0]);
      equal(kinds, ['video'], 'm-lines');
    },
    "a stopped one's m-line is used again": async (scope) => {
      const [one, other] = scope.pair();
      const first = one.addTransceiver('audio');
      one.addTransceiver('video');
      await negotiate(one, other);
      const mid = first.mid;
      first.stop();
      await negotiate(one, other);
      const second = one.addTransceiver('audio');
      await negotiate(one, other);
      equal(sections(one.localDescription).length, 2, 'm-lines');
      ok(second.mid !== mid && second.mid !== null, 'another mid');
      equal(lines(one.localDescription, 'a=mid:')[0], second.mid, 'in the first place');
      equal(other.getTransceivers().length, 2, "the other's transceivers");
    },
    'a stopped transceiver takes no direction': (scope) => {
      const transceiver = scope.connection().addTransceiver('audio');
      transceiver.stop();
      transceiver.stop();
      throws(
        'InvalidStateError',
        () => {
          transceiver.direction = 'sendrecv';
        },
        'a direction',
      );
    },
    'the answerer may stop an offered transceiver': async (scope) => {
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver('audio');
      one.addTransceiver('video');
      await one.setLocalDescription();
      await other.setRemoteDescription(described(one));
      other.getTransceivers()[0]?.stop();
      await other.setLocalDescription();
      await one.setRemoteDescription(described(other));
      // Chromium rejects the m-line in the next offer, the standard in this answer.
      await negotiate(other, one);
      equal(transceiver.currentDirection, 'stopped', 'currentDirection');
      equal(transceiver.receiver.track.readyState, 'ended', 'its track');
    },
    'media continues when another transceiver is stopped': async (scope) => {
      const [one, other] = scope.pair();
      const first = one.addTransceiver(await tone(scope));
      const second = one.addTransceiver(await video(scope));
      await connect(one, other);
      const { track } = must(other.getReceivers()[1], 'a receiver');
      await until('video arrives', () => !track.muted);
      const element = await shown(scope, track);
      first.stop();
      await negotiate(one, other);
      await sleep(100);
      ok(!track.muted, 'video still arrives');
      equal(second.currentDirection, 'sendonly', 'currentDirection');
      const before = frames(element);
      await until('frames go on', () => frames(element) > before + 5);
    },
    'preferred codecs come first': async (scope) => {
      const connection = scope.connection();
      const transceiver = connection.addTransceiver('video');
      const codecs = must(RTCRtpReceiver.getCapabilities('video'), 'capabilities').codecs;
      const rtx = codecs.filter(({ mimeType }) => mimeType === 'video/rtx');
      const vp8 = codecs.filter(({ mimeType }) => mimeType === 'video/VP8');
      transceiver.setCodecPreferences([...vp8, ...rtx]);
      const offer = await connection.createOffer();
      const maps = lines(offer, 'a=rtpmap:').map((line) => line.split(' ')[1]);
      equal([...new Set(maps)], ['VP8/90000', 'rtx/90000'], 'codecs');
      transceiver.setCodecPreferences([]);
      const all = lines(await connection.createOffer(), 'a=rtpmap:');
      ok(all.length >= maps.length, 'all of them again');
    },
    'preferences without retransmission leave it out': async (scope) => {
      const [one, other] = scope.pair();
      const transceiver = one.addTransceiver('video');
      const { codecs } = must(RTCRtpReceiver.getCapabilities('video'), 'capabilities');
      transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === 'video/VP8'));
      await negotiate(one, other);
      for (const description of [one.localDescription, other.localDescription]) {
        const maps = lines(description, 'a=rtpmap:').map((line) => line.split(' ')[1]);
        equal(maps, ['VP8/90000'], 'codecs');
      }
    },
    'an unknown preferred codec is refused': (scope) => {
      const transceiver = scope.connection().addTransceiver('video');
      throws(
        'InvalidModificationError',
        () => {
          transceiver.setCodecPreferences([{ mimeType: 'video/nobody', clockRate: 90_000 }]);
        },
        'an unknown codec',
      );
    },
  },
};

function kindsOf(connection: RTCPeerConnection): string[] {
  return connection.getTransceivers().map(({ receiver }) => receiver.track.kind);
}

/** Once in the standard; libraries still read it. */
function isStopped(transceiver: RTCRtpTransceiver | undefined): unknown {
  return Reflect.get(Object(transceiver), 'stopped');
}
