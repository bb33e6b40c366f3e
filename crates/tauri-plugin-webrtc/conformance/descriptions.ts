// Offers, answers and signaling states (webrtc-pc 4.3.1, 4.4.1; RFC 8829).

import { equal, must, next, ok, record, rejects, type Subject } from './assertions.ts';
import {
  answer,
  connect,
  connected,
  described,
  lines,
  negotiate,
  sections,
  trickle,
} from './pair.ts';
import { frames, shown, tone, video } from './sources.ts';

export const descriptions: Subject = {
  name: 'descriptions',
  tests: {
    'an offer without media has no m-lines': async (scope) => {
      const connection = scope.connection();
      const offer = await connection.createOffer();
      equal(offer.type, 'offer', 'type');
      ok(must(offer.sdp, 'sdp').startsWith('v=0\r\n'), 'it begins as the format says');
      equal(sections(offer), [], 'm-lines');
      equal(connection.signalingState, 'stable', 'signalingState');
      equal(connection.localDescription, null, 'localDescription');
    },
    'an offer has m-lines in the order of creation': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      connection.addTransceiver('video');
      connection.createDataChannel('messages');
      const offer = await connection.createOffer();
      const kinds = kindsOf(offer);
      equal(kinds, ['audio', 'video', 'application'], 'm-lines');
    },
    'an offer has the required attributes in every m-line': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      connection.addTransceiver('video');
      connection.createDataChannel('messages');
      const offer = await connection.createOffer();
      const mids = lines(offer, 'a=mid:');
      equal(mids.length, 3, 'mids');
      equal(new Set(mids).size, 3, 'different mids');
      equal(lines(offer, 'a=group:BUNDLE '), [mids.join(' ')], 'the group');
      equal(lines(offer, 'a=setup:'), ['actpass', 'actpass', 'actpass'], 'DTLS roles');
      equal(lines(offer, 'a=rtcp-mux').length, 2, 'rtcp-mux');
      for (const ufrag of lines(offer, 'a=ice-ufrag:')) ok(ufrag.length >= 4, 'ufrag');
      for (const pwd of lines(offer, 'a=ice-pwd:')) ok(pwd.length >= 22, 'pwd');
      ok(
        lines(offer, 'a=ice-options:').some((words) => words.includes('trickle')),
        'trickle',
      );
      ok(lines(offer, 'a=fingerprint:sha-256 ').length > 0, 'fingerprint');
      equal(lines(offer, 'a=sctp-port:').length, 1, 'sctp-port');
    },
    'an offer can be set with edits that the other side reads': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      trickle(one, other);
      const { sdp = '' } = await one.createOffer();
      const edited = sdp
        .replace(/a=ice-options:trickle\r\n/g, '')
        .replace(/useinbandfec=1/g, 'useinbandfec=1;stereo=1');
      ok(edited.includes('stereo=1'), 'the edit');
      await one.setLocalDescription({ type: 'offer', sdp: edited });
      ok(described(one).sdp.includes('stereo=1'), 'it is set');
      await answer(one, other);
      await connected(one, other);
    },
    'an offer has codecs with retransmission': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      connection.addTransceiver('video');
      const offer = await connection.createOffer();
      const maps = lines(offer, 'a=rtpmap:').map((line) => line.split(' ')[1]);
      for (const map of ['opus/48000/2', 'VP8/90000', 'rtx/90000']) ok(maps.includes(map), map);
      const feedback = lines(offer, 'a=rtcp-fb:').map((line) => line.split(' ').slice(1).join(' '));
      for (const what of ['nack', 'nack pli', 'ccm fir', 'transport-cc']) {
        ok(feedback.includes(what), what);
      }
    },
    "an offer names a track's streams": async (scope) => {
      const connection = scope.connection();
      const stream = new MediaStream();
      connection.addTrack(await video(scope), stream);
      const offer = await connection.createOffer();
      const [msid] = lines(offer, 'a=msid:');
      equal(msid?.split(' ')[0], stream.id, 'msid');
    },
    'offers of one session have one id and rising versions': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      await connection.setLocalDescription();
      const first = origin(described(connection));
      connection.addTransceiver('video');
      await connection.setLocalDescription();
      const second = origin(described(connection));
      equal(second[1], first[1], 'session id');
      ok(Number(second[2]) > Number(first[2]), 'a later version');
    },
    'a local offer is pending until its answer': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      const offer = await one.createOffer();
      const changed = next(one, 'signalingstatechange');
      await one.setLocalDescription(offer);
      await changed;
      equal(one.signalingState, 'have-local-offer', 'signalingState');
      equal(one.pendingLocalDescription?.type, 'offer', 'pendingLocalDescription');
      equal(one.localDescription?.type, 'offer', 'localDescription');
      equal(one.currentLocalDescription, null, 'currentLocalDescription');
      await answer(one, other);
      equal(one.signalingState, 'stable', 'signalingState');
      equal(one.pendingLocalDescription, null, 'pendingLocalDescription');
      equal(one.currentLocalDescription?.type, 'offer', 'currentLocalDescription');
      equal(one.currentRemoteDescription?.type, 'answer', 'currentRemoteDescription');
      equal(one.pendingRemoteDescription, null, 'pendingRemoteDescription');
    },
    'a remote offer is pending until its answer': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      // Meanwhile the offerer may add candidates to its description.
      const offer = described(one);
      await other.setRemoteDescription(offer);
      equal(other.signalingState, 'have-remote-offer', 'signalingState');
      equal(other.pendingRemoteDescription?.type, 'offer', 'pendingRemoteDescription');
      equal(other.remoteDescription?.sdp, offer.sdp, 'remoteDescription');
      await other.setLocalDescription(await other.createAnswer());
      equal(other.signalingState, 'stable', 'signalingState');
      equal(other.currentRemoteDescription?.type, 'offer', 'currentRemoteDescription');
      equal(other.currentLocalDescription?.type, 'answer', 'currentLocalDescription');
    },
    'each signaling state fires one event': async (scope) => {
      const [one, other] = scope.pair();
      const [atOne, atOther] = [
        record(one, 'signalingstatechange'),
        record(other, 'signalingstatechange'),
      ];
      one.addTransceiver('audio');
      await negotiate(one, other);
      equal(atOne.length, 2, "the offerer's changes");
      equal(atOther.length, 2, "the answerer's changes");
    },
    'an answer follows the m-lines of its offer': async (scope) => {
      const [one, other] = scope.pair();
      one.createDataChannel('messages');
      one.addTransceiver('video');
      one.addTransceiver('audio');
      other.addTransceiver('audio');
      await negotiate(one, other);
      equal(kindsOf(other.localDescription), kindsOf(one.localDescription), 'kinds');
      equal(lines(other.localDescription, 'a=mid:'), lines(one.localDescription, 'a=mid:'), 'mids');
    },
    'an answer chooses a DTLS role': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await negotiate(one, other);
      equal(lines(other.localDescription, 'a=setup:'), ['active'], 'setup');
    },
    "an answer takes the offer's payload types": async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('video');
      await one.setLocalDescription();
      // The offerer chooses the payload type of VP8.
      const vp8 = must(/a=rtpmap:(\d+) VP8/.exec(described(one).sdp)?.[1], 'VP8');
      await answer(one, other);
      ok(lines(other.localDescription, `a=rtpmap:${vp8} VP8/90000`).length === 1, 'VP8');
    },
    'an answer keeps the codec order of the offer': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('video');
      await one.setLocalDescription();
      const munged = described(one).sdp.replace(
        /^(m=video \d+ \S+) (.*)$/m,
        (_line, start: string, formats: string) => {
          const turned = formats.trim().split(' ').toReversed().join(' ');
          return `${start} ${turned}`;
        },
      );
      ok(munged !== described(one).sdp, 'the order was changed');
      await other.setRemoteDescription({ type: 'offer', sdp: munged });
      await other.setLocalDescription();
      const answered = videoFormats(described(other).sdp);
      const offered = videoFormats(munged).filter((format) => answered.includes(format));
      equal(answered, offered, 'formats');
      await one.setRemoteDescription(described(other));
      equal(one.signalingState, 'stable', 'signalingState');
    },
    'an m-line without a common codec is rejected': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      one.addTransceiver('video');
      await one.setLocalDescription();
      const sdp = described(one)
        .sdp.split('\r\nm=')
        .map((section) => (section.startsWith('video') ? onlyUnknown(section) : section))
        .join('\r\nm=');
      await other.setRemoteDescription({ type: 'offer', sdp });
      await other.setLocalDescription();
      const [audioLine, videoLine] = lines(other.localDescription, 'm=');
      ok(must(audioLine, 'audio').startsWith('audio 9 '), 'audio is accepted');
      ok(must(videoLine, 'video').startsWith('video 0 '), 'video is rejected');
    },
    'a call works over descriptions with other line ends and unknown lines': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await video(scope));
      other.addTransceiver('audio');
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const) {
        from.addEventListener('icecandidate', ({ candidate }) => {
          to.addIceCandidate(candidate ?? undefined).catch(() => undefined);
        });
      }
      await one.setLocalDescription();
      await other.setRemoteDescription(strange(one));
      await other.setLocalDescription();
      await one.setRemoteDescription(strange(other));
      const receiver = other.getReceivers().find(({ track }) => track.kind === 'video');
      const element = await shown(scope, must(receiver, 'a receiver').track);
      ok(frames(element) > 0, 'video arrives');
    },
    'setLocalDescription() creates the description that is due': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      equal(one.localDescription?.type, 'offer', "the offerer's");
      await other.setRemoteDescription(described(one));
      await other.setLocalDescription();
      equal(other.localDescription?.type, 'answer', "the answerer's");
    },
    'the last created answer can be set after a rollback': async (scope) => {
      const [one, other] = scope.pair();
      one.addTrack(await tone(scope));
      trickle(one, other);
      await one.setLocalDescription();
      await other.setRemoteDescription(described(one));
      const created = await other.createAnswer();
      await other.setRemoteDescription({ type: 'rollback' });
      await rejects('InvalidStateError', other.setLocalDescription(created), 'before the offer');
      await other.setRemoteDescription(described(one));
      await other.setLocalDescription(created);
      equal(other.signalingState, 'stable', 'signalingState');
      await one.setRemoteDescription(described(other));
      await connected(one, other);
    },
    'a description without a text is the last created one': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      const offer = await connection.createOffer();
      await connection.setLocalDescription({ type: 'offer' });
      equal(lines(described(connection), 'o='), lines(offer, 'o='), 'origin');
    },
    'a provisional answer applies until the final one': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      await other.setRemoteDescription(described(one));
      const made = await other.createAnswer();
      const sdp = must(made.sdp, 'sdp');
      await other.setLocalDescription({ type: 'pranswer', sdp });
      equal(other.signalingState, 'have-local-pranswer', "the answerer's state");
      await one.setRemoteDescription({ type: 'pranswer', sdp });
      equal(one.signalingState, 'have-remote-pranswer', "the offerer's state");
      equal(one.pendingRemoteDescription?.type, 'pranswer', 'pendingRemoteDescription');
      await other.setLocalDescription({ type: 'answer', sdp });
      await one.setRemoteDescription({ type: 'answer', sdp });
      equal([one.signalingState, other.signalingState], ['stable', 'stable'], 'both states');
    },
    'a second offer may replace one without an answer': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      one.addTransceiver('video');
      await one.setLocalDescription();
      equal(sections(one.localDescription).length, 2, 'm-lines');
      await other.setRemoteDescription(described(one));
      await answer(one, other);
      equal(one.signalingState, 'stable', 'signalingState');
    },
    'canTrickleIceCandidates follows the remote description': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await negotiate(one, other);
      equal(one.canTrickleIceCandidates, true, 'with the option');
      const third = scope.connection();
      const sdp = described(one).sdp.replaceAll(/a=ice-options:[^\r]*\r\n/g, '');
      await third.setRemoteDescription({ type: 'offer', sdp });
      equal(third.canTrickleIceCandidates, false, 'without the option');
    },
    'a connection of data channels only connects': async (scope) => {
      const [one, other] = scope.pair();
      one.createDataChannel('messages');
      await connect(one, other);
      equal(must(one.sctp, 'sctp').transport.state, 'connected', 'the DTLS transport');
    },
    'calls in the wrong state are refused': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await rejects('InvalidStateError', one.createAnswer(), 'an answer to nothing');
      await one.setLocalDescription();
      const offer = described(one);
      await other.setRemoteDescription(offer);
      const made = await other.createAnswer();
      await rejects(
        'InvalidStateError',
        scope.connection().setRemoteDescription(made),
        'a remote answer to nothing',
      );
      await rejects(
        'InvalidStateError',
        other.setLocalDescription({ type: 'offer' }),
        'a local offer in have-remote-offer',
      );
      await rejects(
        'InvalidStateError',
        one.setLocalDescription({ type: 'answer' }),
        'a local answer in have-local-offer',
      );
      equal(one.signalingState, 'have-local-offer', "the offerer's state");
      equal(other.signalingState, 'have-remote-offer', "the answerer's state");
    },
    'concurrent operations run in order': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      const order: string[] = [];
      const note = (what: string) => () => order.push(what);
      await Promise.all([
        other.setRemoteDescription(described(one)).then(note('remote')),
        other.createAnswer().then(note('answer')),
        other.setLocalDescription().then(note('local')),
      ]);
      equal(order, ['remote', 'answer', 'local'], 'order');
      equal(other.signalingState, 'stable', 'signalingState');
    },
    'an offer can receive without sending': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio', { direction: 'recvonly' });
      connection.addTransceiver('video', { direction: 'recvonly' });
      connection.addTransceiver(await tone(scope), { direction: 'sendonly' });
      const offer = await connection.createOffer();
      equal(lines(offer, 'a=sendonly').length, 1, 'sendonly');
      equal(lines(offer, 'a=recvonly').length, 2, 'recvonly');
    },
  },
};

/** The m-line with an unknown codec only. */
function onlyUnknown(section: string): string {
  const kept = section
    .split('\r\n')
    .filter((line) => !/^a=(?:rtpmap|fmtp|rtcp-fb|ssrc|ssrc-group):?/.test(line));
  const [first, ...rest] = kept;
  return [
    (first ?? '').replace(/^(video \d+ \S+) .*/, '$1 100'),
    ...rest.filter((line) => line !== ''),
    'a=rtpmap:100 NOBODY/90000',
    '',
  ].join('\r\n');
}

function origin(description: RTCSessionDescriptionInit): string[] {
  return must(lines(description, 'o=')[0], 'origin').split(' ');
}

/** The kind of each m-line. */
function kindsOf(description: RTCSessionDescriptionInit | null): (string | undefined)[] {
  return lines(description, 'm=').map((line) => line.split(' ')[0]);
}

function videoFormats(sdp: string): string[] {
  return must(/^m=video \d+ \S+ (.*)$/m.exec(sdp)?.[1], 'formats')
    .trim()
    .split(' ');
}

/** The local description in the style of another implementation. */
function strange(connection: RTCPeerConnection): RTCSessionDescriptionInit {
  const { type, sdp } = described(connection);
  return { type, sdp: `${sdp.replaceAll('\r\n', '\n')}a=something-new:1\n` };
}
