// The interfaces: names, constructors and initial values.

import { install } from '../guest-js/index.ts';
import {
  equal,
  must,
  next,
  ok,
  rejects,
  sleep,
  throws,
  until,
  type Subject,
} from './assertions.ts';
import { channels, lines } from './pair.ts';
import { video } from './sources.ts';

const INTERFACES = [
  'RTCPeerConnection',
  'RTCSessionDescription',
  'RTCIceCandidate',
  'RTCRtpSender',
  'RTCRtpReceiver',
  'RTCRtpTransceiver',
  'RTCDataChannel',
  'RTCTrackEvent',
  'RTCPeerConnectionIceEvent',
  'RTCPeerConnectionIceErrorEvent',
  'RTCDataChannelEvent',
  'RTCDtlsTransport',
  'RTCIceTransport',
  'RTCSctpTransport',
  'RTCStatsReport',
  'RTCError',
  'RTCErrorEvent',
  'RTCCertificate',
] as const;

const HANDLERS = [
  'onnegotiationneeded',
  'onicecandidate',
  'onicecandidateerror',
  'onsignalingstatechange',
  'oniceconnectionstatechange',
  'onicegatheringstatechange',
  'onconnectionstatechange',
  'ontrack',
  'ondatachannel',
] as const;

const HOST = 'candidate:1 1 udp 2113937151 192.0.2.7 54321 typ host generation 0 network-cost 999';
const REFLEXIVE =
  'candidate:842163049 1 udp 1677729535 198.51.100.3 46154 typ srflx raddr 192.0.2.7 rport 54321';

let earlyFrame: HTMLIFrameElement | undefined;

/** A frame that is there before the page calls `install()`. */
export async function addEarlyFrame(): Promise<void> {
  earlyFrame = await addFrame();
}

/** An invisible frame, after its document is loaded. */
async function addFrame(): Promise<HTMLIFrameElement> {
  const element = document.createElement('iframe');
  const loaded = next(element, 'load');
  element.srcdoc = '<p>a frame</p>';
  element.hidden = true;
  document.body.append(element);
  await loaded;
  return element;
}

export const objects: Subject = {
  name: 'objects',
  tests: {
    'every interface is a global class': () => {
      for (const name of INTERFACES) {
        equal(typeof Reflect.get(globalThis, name), 'function', name);
      }
    },
    'installing again changes nothing': async (scope) => {
      const [open, late] = scope.pair();
      const before = INTERFACES.map((name): unknown => Reflect.get(globalThis, name));
      const again = [install(), install()];
      ok(again[0] === again[1], 'one installation');
      const [first, second] = await Promise.all(again);
      equal(second, first, 'what it says');
      const after = INTERFACES.map((name): unknown => Reflect.get(globalThis, name));
      ok(
        before.every((one, at) => one === after[at]),
        'the same classes',
      );
      // Existing objects still work.
      await channels(open, late);
    },
    'a frame of the page connects, and closes with its document': async (scope) => {
      const element = await addFrame();
      scope.atEnd(() => {
        element.remove();
      });
      const frame = must(element.contentWindow, 'a window');
      for (const name of INTERFACES) equal(typeof Reflect.get(frame, name), 'function', name);
      const made: unknown = Reflect.construct(Reflect.get(frame, 'RTCPeerConnection'), []);
      const stream: unknown = Reflect.construct(Reflect.get(frame, 'MediaStream'), []);
      ok(isConnection(made) && isStream(stream), 'objects of the frame');
      const track = await video(scope);
      made.addTrack(track, stream);
      equal(made.getSenders()[0]?.track?.id, track.id, 'track');
      await channels(made, scope.connection());
      element.remove();
      await until('it is closed', () => made.signalingState === 'closed');
    },
    'a frame that was there before the installation connects': async (scope) => {
      const frame = must(earlyFrame?.contentWindow, 'its window');
      for (const name of INTERFACES) equal(typeof Reflect.get(frame, name), 'function', name);
      const made: unknown = Reflect.construct(Reflect.get(frame, 'RTCPeerConnection'), []);
      ok(isConnection(made), 'an object of the frame');
      scope.atEnd(() => {
        made.close();
      });
      await channels(made, scope.connection());
    },
    'a new connection is untouched': (scope) => {
      const connection = scope.connection();
      ok(connection instanceof RTCPeerConnection, 'an RTCPeerConnection');
      ok(connection instanceof EventTarget, 'an EventTarget');
      equal(Object.prototype.toString.call(connection), '[object RTCPeerConnection]', 'its tag');
      equal(connection.signalingState, 'stable', 'signalingState');
      equal(connection.iceGatheringState, 'new', 'iceGatheringState');
      equal(connection.iceConnectionState, 'new', 'iceConnectionState');
      equal(connection.connectionState, 'new', 'connectionState');
      equal(connection.canTrickleIceCandidates, null, 'canTrickleIceCandidates');
      equal(connection.sctp, null, 'sctp');
      equal(connection.getSenders(), [], 'senders');
      equal(connection.getReceivers(), [], 'receivers');
      equal(connection.getTransceivers(), [], 'transceivers');
    },
    'a new connection has no descriptions': (scope) => {
      const connection = scope.connection();
      for (const which of ['', 'current', 'pending'] as const) {
        const [local, remote] =
          which === ''
            ? [connection.localDescription, connection.remoteDescription]
            : which === 'current'
              ? [connection.currentLocalDescription, connection.currentRemoteDescription]
              : [connection.pendingLocalDescription, connection.pendingRemoteDescription];
        equal([local, remote], [null, null], `${which} descriptions`);
      }
    },
    'event handlers are null, can be set and taken away': (scope) => {
      const connection = scope.connection();
      const seen: string[] = [];
      const listener = (event: Event): void => {
        seen.push(event.type);
      };
      for (const handler of HANDLERS) {
        equal(connection[handler], null, handler);
        connection[handler] = listener;
        ok(connection[handler] === listener, `${handler} after it was set`);
        connection[handler] = null;
        equal(connection[handler], null, `${handler} after it was taken away`);
      }
    },
    'the configuration reads as its defaults': (scope) => {
      const configuration = scope.connection().getConfiguration();
      equal(configuration.iceServers, [], 'iceServers');
      equal(configuration.iceTransportPolicy, 'all', 'iceTransportPolicy');
      equal(configuration.bundlePolicy, 'balanced', 'bundlePolicy');
      equal(configuration.rtcpMuxPolicy, 'require', 'rtcpMuxPolicy');
      equal(configuration.iceCandidatePoolSize, 0, 'iceCandidatePoolSize');
    },
    'the configuration reads as it was given, and as it is set later': (scope) => {
      const connection = scope.connection({
        iceTransportPolicy: 'relay',
        bundlePolicy: 'max-bundle',
        iceServers: [{ urls: 'stun:stun.example.org' }],
      });
      equal(connection.getConfiguration().iceTransportPolicy, 'relay', 'iceTransportPolicy');
      equal(connection.getConfiguration().bundlePolicy, 'max-bundle', 'bundlePolicy');
      connection.setConfiguration({ iceTransportPolicy: 'all', bundlePolicy: 'max-bundle' });
      equal(connection.getConfiguration().iceTransportPolicy, 'all', 'iceTransportPolicy, later');
      equal(connection.getConfiguration().iceServers, [], 'iceServers, later');
    },
    'a change of a fixed setting is refused': (scope) => {
      const connection = scope.connection();
      throws(
        'InvalidModificationError',
        () => {
          connection.setConfiguration({ bundlePolicy: 'max-compat' });
        },
        'another bundlePolicy',
      );
    },
    'a session description holds what it is given': () => {
      const description = new RTCSessionDescription({ type: 'offer', sdp: 'v=0\r\n' });
      equal(description.type, 'offer', 'type');
      equal(description.sdp, 'v=0\r\n', 'sdp');
      equal(description, { type: 'offer', sdp: 'v=0\r\n' }, 'as JSON');
      equal(new RTCSessionDescription({ type: 'rollback' }).sdp, '', 'no sdp');
    },
    'a session description of an unknown type is a TypeError': () => {
      throws(
        'TypeError',
        () => Reflect.construct(RTCSessionDescription, [{ type: 'bogus' }]),
        'an unknown type',
      );
    },
    'a host candidate is parsed': () => {
      const candidate = new RTCIceCandidate({
        candidate: HOST,
        sdpMid: '0',
        sdpMLineIndex: 0,
        usernameFragment: 'abcd',
      });
      equal(candidate.candidate, HOST, 'candidate');
      equal(candidate.sdpMid, '0', 'sdpMid');
      equal(candidate.sdpMLineIndex, 0, 'sdpMLineIndex');
      equal(candidate.foundation, '1', 'foundation');
      equal(candidate.component, 'rtp', 'component');
      equal(candidate.priority, 2_113_937_151, 'priority');
      equal(candidate.address, '192.0.2.7', 'address');
      equal(candidate.protocol, 'udp', 'protocol');
      equal(candidate.port, 54_321, 'port');
      equal(candidate.type, 'host', 'type');
      equal(candidate.usernameFragment, 'abcd', 'usernameFragment');
      equal([candidate.relatedAddress, candidate.relatedPort], [null, null], 'what it relates to');
    },
    'a reflexive candidate names what it relates to': () => {
      const candidate = new RTCIceCandidate({ candidate: REFLEXIVE, sdpMid: 'a' });
      equal(candidate.type, 'srflx', 'type');
      equal(candidate.relatedAddress, '192.0.2.7', 'relatedAddress');
      equal(candidate.relatedPort, 54_321, 'relatedPort');
      equal(candidate.sdpMLineIndex, null, 'sdpMLineIndex');
      const json = candidate.toJSON();
      equal([json.candidate, json.sdpMid], [REFLEXIVE, 'a'], 'as JSON');
    },
    'a candidate that names no m-line is a TypeError': () => {
      throws('TypeError', () => new RTCIceCandidate({ candidate: HOST }), 'no m-line');
    },
    'an unreadable candidate is kept as it is': () => {
      const candidate = new RTCIceCandidate({ candidate: 'candidate:x', sdpMid: '0' });
      equal(candidate.candidate, 'candidate:x', 'candidate');
      equal([candidate.type, candidate.port], [null, null], 'its parts');
    },
    'capabilities of senders and receivers are listed': () => {
      for (const mimeTypes of mimeTypesOf('video')) ok(mimeTypes.includes('video/VP8'), 'VP8');
      for (const mimeTypes of mimeTypesOf('video')) ok(mimeTypes.includes('video/rtx'), 'rtx');
      for (const mimeTypes of mimeTypesOf('audio')) ok(mimeTypes.includes('audio/opus'), 'Opus');
      const opus = RTCRtpSender.getCapabilities('audio')?.codecs.find(
        ({ mimeType }) => mimeType === 'audio/opus',
      );
      equal([opus?.clockRate, opus?.channels], [48_000, 2], 'Opus');
      for (const mimeTypes of mimeTypesOf('audio')) {
        for (const name of ['PCMU', 'PCMA']) ok(mimeTypes.includes(`audio/${name}`), name);
      }
      equal(RTCRtpSender.getCapabilities('smell'), null, 'an unknown kind');
    },
    'a certificate can be made and used': async (scope) => {
      const certificate = await RTCPeerConnection.generateCertificate({
        name: 'ECDSA',
        namedCurve: 'P-256',
      } as AlgorithmIdentifier);
      ok(certificate instanceof RTCCertificate, 'an RTCCertificate');
      ok(certificate.expires > Date.now(), 'it has not expired');
      const connection = scope.connection({ certificates: [certificate] });
      equal(connection.getConfiguration().certificates?.length, 1, 'certificates');
      await rejects(
        'NotSupportedError',
        RTCPeerConnection.generateCertificate('MD5'),
        'an unknown algorithm',
      );
    },
    'one certificate serves several connections': async (scope) => {
      const certificate = await certificateFor(60_000);
      const made = certificate.getFingerprints().find(({ algorithm }) => algorithm === 'sha-256');
      const value = must(made?.value, 'a sha-256 fingerprint');
      equal(value, value.toLowerCase(), 'its digits');
      for (let time = 0; time < 2; time += 1) {
        const one = scope.connection({ certificates: [certificate] });
        const other = scope.connection();
        // Sequential by design.
        // oxlint-disable-next-line no-await-in-loop
        await channels(one, other);
        const [described] = lines(one.localDescription, 'a=fingerprint:sha-256 ');
        equal(described?.toLowerCase(), value, 'the fingerprint of the description');
        const seen = must(other.sctp, 'sctp').transport.getRemoteCertificates();
        equal(seen.length, 1, 'the certificates of the peer');
        // oxlint-disable-next-line no-await-in-loop
        equal(await fingerprintOf(must(seen[0], 'a certificate')), value, 'its fingerprint');
      }
      const [other] = scope.pair();
      other.createDataChannel('messages');
      const { sdp = '' } = await other.createOffer();
      ok(!sdp.toLowerCase().includes(value), 'a connection without it has its own');
    },
    'a certificate expires when the page says': async (scope) => {
      const before = Date.now();
      const { expires } = await certificateFor(60_000);
      ok(expires >= before + 59_000 && expires <= Date.now() + 61_000, 'in a minute');
      await rejects('TypeError', certificateFor(-1), 'a time in the past');
      await rejects('TypeError', certificateFor('soon'), 'no number');
      const expired = await certificateFor(0);
      await sleep(1100);
      throws('InvalidAccessError', () => scope.connection({ certificates: [expired] }), 'expired');
    },
    'a sender, receiver and transceiver belong together': async (scope) => {
      const connection = scope.connection();
      const track = await video(scope);
      const transceiver = connection.addTransceiver(track);
      ok(transceiver instanceof RTCRtpTransceiver, 'an RTCRtpTransceiver');
      ok(transceiver.sender instanceof RTCRtpSender, 'an RTCRtpSender');
      ok(transceiver.receiver instanceof RTCRtpReceiver, 'an RTCRtpReceiver');
      ok(connection.getSenders()[0] === transceiver.sender, 'the same sender');
      ok(connection.getReceivers()[0] === transceiver.receiver, 'the same receiver');
      ok(connection.getTransceivers()[0] === transceiver, 'the same transceiver');
      ok(transceiver.sender.track === track, 'the same track');
      equal(transceiver.receiver.track.kind, 'video', "the receiver's kind");
      ok(transceiver.receiver.track instanceof MediaStreamTrack, 'a MediaStreamTrack');
    },
  },
};

/** Capabilities of sender and receiver. */
function mimeTypesOf(kind: string): readonly string[][] {
  return [RTCRtpSender, RTCRtpReceiver].map((side) =>
    (side.getCapabilities(kind)?.codecs ?? []).map(({ mimeType }) => mimeType),
  );
}

// Objects of a frame have classes of their own.
function isConnection(value: unknown): value is RTCPeerConnection {
  return String(value) === '[object RTCPeerConnection]';
}

function isStream(value: unknown): value is MediaStream {
  return String(value) === '[object MediaStream]';
}

function certificateFor(expires: unknown): Promise<RTCCertificate> {
  const algorithm: unknown = { name: 'ECDSA', namedCurve: 'P-256', expires };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `expires` is missing there
  return RTCPeerConnection.generateCertificate(algorithm as AlgorithmIdentifier);
}

/** SHA-256, as `getFingerprints` has it. */
async function fingerprintOf(certificate: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', certificate));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
