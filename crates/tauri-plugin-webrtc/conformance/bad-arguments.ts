// Invalid arguments, and the name of the error that each throws.

import { equal, must, next, ok, rejects, throws, type Subject } from './assertions.ts';
import { described, negotiate } from './pair.ts';
import { tone, video } from './sources.ts';

const CANDIDATE = 'candidate:1 1 udp 2113937151 192.0.2.7 54321 typ host';

/** Texts that are not session descriptions. */
const MALFORMED: readonly string[] = [
  'nonsense',
  'v=1\r\n',
  'v=0\r\no=nobody\r\n',
  'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio\r\n',
  'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nwhat is this\r\n',
];

export const badArguments: Subject = {
  name: 'bad arguments',
  tests: {
    'invalid server URLs are a SyntaxError': () => {
      for (const urls of ['', 'nonsense', 'http://example.org', 'stun:', 'relay:example.org']) {
        throws('SyntaxError', () => new RTCPeerConnection({ iceServers: [{ urls }] }), `“${urls}”`);
      }
      throws('SyntaxError', () => new RTCPeerConnection({ iceServers: [{ urls: [] }] }), 'none');
    },
    'a TURN server without credentials is an InvalidAccessError': () => {
      for (const scheme of ['turn', 'turns']) {
        const urls = `${scheme}:turn.example.org`;
        throws(
          'InvalidAccessError',
          () => new RTCPeerConnection({ iceServers: [{ urls }] }),
          scheme,
        );
        throws(
          'InvalidAccessError',
          () => new RTCPeerConnection({ iceServers: [{ urls, username: 'ana' }] }),
          `${scheme} without a credential`,
        );
      }
    },
    'unknown enumeration values in the configuration are TypeErrors': () => {
      for (const configuration of [
        { iceTransportPolicy: 'none' },
        { bundlePolicy: 'some' },
        { rtcpMuxPolicy: 'bogus' },
        { iceServers: [{}] },
        { iceServers: 'stun:example.org' },
      ]) {
        throws(
          'TypeError',
          () => Reflect.construct(RTCPeerConnection, [configuration]),
          JSON.stringify(configuration),
        );
      }
    },
    'a configuration of null is the default': () => {
      const connection: unknown = Reflect.construct(RTCPeerConnection, [null]);
      ok(connection instanceof RTCPeerConnection, 'an RTCPeerConnection');
      connection.close();
    },
    'a refused configuration leaves the old one': (scope) => {
      const connection = scope.connection({ iceTransportPolicy: 'relay' });
      throws(
        'SyntaxError',
        () => {
          connection.setConfiguration({ iceServers: [{ urls: 'nonsense' }] });
        },
        'an unreadable address',
      );
      equal(connection.getConfiguration().iceTransportPolicy, 'relay', 'iceTransportPolicy');
    },
    'a description that is not SDP is an OperationError': async (scope) => {
      const connection = scope.connection();
      for (const sdp of MALFORMED) {
        await rejects(
          'OperationError',
          connection.setRemoteDescription({ type: 'offer', sdp }),
          sdp,
        );
        equal(connection.signalingState, 'stable', 'signalingState');
      }
      equal(connection.remoteDescription, null, 'remoteDescription');
    },
    'a valid description is accepted after a refused one': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await one.setLocalDescription();
      await rejects(
        'OperationError',
        other.setRemoteDescription({ type: 'offer', sdp: 'nonsense' }),
        'nonsense',
      );
      await other.setRemoteDescription(described(one));
      equal(other.signalingState, 'have-remote-offer', 'signalingState');
    },
    'what cannot be set is refused before the next task': async (scope) => {
      const connection = scope.connection();
      for (const [what, operation] of [
        [
          'a description that is not SDP',
          (one: RTCPeerConnection) => one.setRemoteDescription({ type: 'offer', sdp: 'nonsense' }),
        ],
        [
          'a local answer to nothing',
          (one: RTCPeerConnection) => one.setLocalDescription({ type: 'answer' }),
        ],
        ['an answer to nothing', (one: RTCPeerConnection) => one.createAnswer()],
      ] as const) {
        const order: string[] = [];
        const { port1, port2 } = new MessageChannel();
        const task = next(port1, 'message').then(() => order.push('task'));
        port1.start();
        const refused = operation(connection).catch(() => order.push('refused'));
        port2.postMessage(null);
        await Promise.all([refused, task]);
        equal(order, ['refused', 'task'], what);
      }
    },
    'a description without a type is a TypeError': async (scope) => {
      const connection = scope.connection();
      const set = (value: unknown): Promise<unknown> =>
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- wrong on purpose
        connection.setRemoteDescription(value as RTCSessionDescriptionInit);
      await rejects('TypeError', set({ type: 'bogus', sdp: '' }), 'an unknown type');
      await rejects('TypeError', set('offer'), 'a text');
    },
    'an offer without ICE credentials is refused': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      const { sdp } = await one.createOffer();
      const bare = must(sdp, 'sdp').replaceAll(/a=ice-(?:ufrag|pwd):[^\r]*\r\n/g, '');
      ok(bare !== sdp, 'they were there');
      await rejects(
        'InvalidAccessError',
        other.setRemoteDescription({ type: 'offer', sdp: bare }),
        'no credentials',
      );
    },
    'an offer without a fingerprint is refused': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      const { sdp } = await one.createOffer();
      const bare = must(sdp, 'sdp').replaceAll(/a=fingerprint:[^\r]*\r\n/g, '');
      await rejects(
        'InvalidAccessError',
        other.setRemoteDescription({ type: 'offer', sdp: bare }),
        'no fingerprint',
      );
    },
    'an answer with another number of m-lines is refused': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      one.addTransceiver('video');
      await one.setLocalDescription();
      await other.setRemoteDescription(described(one));
      await other.setLocalDescription();
      const sdp = described(other).sdp;
      const cut = sdp.slice(0, sdp.lastIndexOf('m='));
      await rejects(
        'InvalidAccessError',
        one.setRemoteDescription({ type: 'answer', sdp: cut }),
        'an m-line too few',
      );
      equal(one.signalingState, 'have-local-offer', 'signalingState');
    },
    'a candidate before the remote description is an InvalidStateError': async (scope) => {
      const connection = scope.connection();
      await rejects(
        'InvalidStateError',
        connection.addIceCandidate({ candidate: CANDIDATE, sdpMid: '0' }),
        'too early',
      );
    },
    'a candidate for an unknown m-line is refused': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      await negotiate(one, other);
      await rejects(
        'TypeError',
        other.addIceCandidate({ candidate: CANDIDATE }),
        'neither mid nor index',
      );
      await rejects(
        'OperationError',
        other.addIceCandidate({ candidate: CANDIDATE, sdpMid: 'nowhere' }),
        'an unknown mid',
      );
      await rejects(
        'OperationError',
        other.addIceCandidate({ candidate: CANDIDATE, sdpMLineIndex: 7 }),
        'an index out of range',
      );
      await rejects(
        'OperationError',
        other.addIceCandidate({ candidate: 'candidate:rubbish', sdpMid: '0' }),
        'an unreadable one',
      );
      equal(other.signalingState, 'stable', 'signalingState');
    },
    'a transceiver without a kind is a TypeError': (scope) => {
      const connection = scope.connection();
      throws('TypeError', () => connection.addTransceiver('smell'), 'an unknown kind');
      throws(
        'TypeError',
        () => call(connection, 'addTransceiver', 'audio', { direction: 'up' }),
        'an unknown direction',
      );
      throws('TypeError', () => call(connection, 'addTrack', null), 'no track');
      equal(connection.getTransceivers(), [], 'transceivers');
    },
    'a track cannot be added twice': async (scope) => {
      const connection = scope.connection();
      const track = await video(scope);
      connection.addTrack(track);
      throws('InvalidAccessError', () => connection.addTrack(track), 'twice');
    },
    'removeTrack refuses senders of another connection': async (scope) => {
      const [one, other] = scope.pair();
      const sender = one.addTrack(await tone(scope));
      throws(
        'InvalidAccessError',
        () => {
          other.removeTrack(sender);
        },
        'of another connection',
      );
    },
    'bad channel options are refused': (scope) => {
      const connection = scope.connection();
      const long = 'x'.repeat(65_536);
      throws(
        'TypeError',
        () => connection.createDataChannel('a', { maxRetransmits: 1, maxPacketLifeTime: 1 }),
        'two limits',
      );
      throws('TypeError', () => connection.createDataChannel('a', { negotiated: true }), 'no id');
      throws('TypeError', () => connection.createDataChannel(long), 'too long a label');
      throws('TypeError', () => connection.createDataChannel('a', { protocol: long }), 'protocol');
      throws(
        'TypeError',
        () => connection.createDataChannel('a', { negotiated: true, id: 65_535 }),
        'the id that is none',
      );
    },
    'a channel id cannot be used twice': (scope) => {
      const connection = scope.connection();
      connection.createDataChannel('a', { negotiated: true, id: 3 });
      throws(
        'OperationError',
        () => connection.createDataChannel('b', { negotiated: true, id: 3 }),
        'a second time',
      );
    },
  },
};

/** Calls a method with values that its type forbids. */
function call(connection: RTCPeerConnection, method: string, ...values: unknown[]): unknown {
  const found: unknown = Reflect.get(connection, method);
  ok(typeof found === 'function', method);
  return Reflect.apply(found, connection, values);
}
