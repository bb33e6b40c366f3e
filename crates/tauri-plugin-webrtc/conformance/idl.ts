// The interfaces of the standard (webrtc-pc, its WebIDL), member by member.
//
// Invariant: one line an interface. A member with `?` is missing in one of the browsers; the plugin
// has it.

import { equal, ok, type Subject } from './assertions.ts';

/** Attributes begin with `=` if they can be set, methods end with their number of required
 *  arguments. Browsers let an attribute with `~` be set, as it once was in the standard. */
const LISTING: Readonly<Record<string, string>> = {
  RTCPeerConnection: `createOffer/0 createAnswer/0 setLocalDescription/0 localDescription
    currentLocalDescription pendingLocalDescription setRemoteDescription/1 remoteDescription
    currentRemoteDescription pendingRemoteDescription addIceCandidate/0 signalingState
    iceGatheringState iceConnectionState connectionState canTrickleIceCandidates restartIce/0
    getConfiguration/0 setConfiguration/0 close/0 =onnegotiationneeded =onicecandidate
    =onicecandidateerror =onsignalingstatechange =oniceconnectionstatechange
    =onicegatheringstatechange =onconnectionstatechange getSenders/0 getReceivers/0
    getTransceivers/0 addTrack/1 removeTrack/1 addTransceiver/1 =ontrack sctp createDataChannel/1
    =ondatachannel getStats/0`,
  RTCSessionDescription: '~type ~sdp toJSON/0',
  RTCIceCandidate: `candidate sdpMid sdpMLineIndex foundation component priority address protocol
    port type tcpType relatedAddress relatedPort usernameFragment ?relayProtocol ?url toJSON/0`,
  RTCPeerConnectionIceEvent: 'candidate ?url',
  RTCPeerConnectionIceErrorEvent: '?address ?port ?url ?errorCode ?errorText',
  RTCCertificate: 'expires ?getFingerprints/0',
  RTCRtpSender: `track transport getParameters/0 setParameters/1 replaceTrack/1 setStreams/0
    getStats/0 dtmf`,
  RTCRtpReceiver: `track transport getParameters/0 getContributingSources/0
    getSynchronizationSources/0 getStats/0 =?jitterBufferTarget`,
  RTCRtpTransceiver: `mid sender receiver =direction currentDirection stop/0
    setCodecPreferences/1`,
  RTCDTMFSender: 'insertDTMF/1 =ontonechange canInsertDTMF toneBuffer',
  RTCDTMFToneChangeEvent: 'tone',
  RTCDtlsTransport: `?iceTransport state ?getRemoteCertificates/0 =onstatechange ?=onerror`,
  RTCIceTransport: `?role ?component state gatheringState ?getLocalCandidates/0
    ?getRemoteCandidates/0 ?getSelectedCandidatePair/0 ?getLocalParameters/0
    ?getRemoteParameters/0 =onstatechange =ongatheringstatechange ?=onselectedcandidatepairchange`,
  RTCIceCandidatePair: '?local ?remote',
  RTCTrackEvent: 'receiver track streams transceiver',
  RTCSctpTransport: 'transport state maxMessageSize maxChannels =onstatechange',
  RTCDataChannel: `label ordered maxPacketLifeTime maxRetransmits protocol negotiated id readyState
    bufferedAmount =bufferedAmountLowThreshold =onopen =onbufferedamountlow =onerror ?=onclosing
    =onclose close/0 =onmessage =binaryType send/1`,
  RTCDataChannelEvent: 'channel',
  RTCError: '?errorDetail ?sdpLineNumber ?sctpCauseCode ?receivedAlert ?sentAlert',
  RTCErrorEvent: '?error',
  RTCStatsReport: 'entries/0 forEach/1 get/1 has/1 keys/0 size values/0',
};

/** Static methods, in the same form. */
const STATICS: Readonly<Record<string, string>> = {
  RTCPeerConnection: 'generateCertificate/1',
  RTCRtpSender: 'getCapabilities/1',
  RTCRtpReceiver: 'getCapabilities/1',
};

/** The interfaces that inherit from another one. */
const PARENTS: Readonly<Partial<Record<string, string>>> = {
  RTCPeerConnection: 'EventTarget',
  RTCPeerConnectionIceEvent: 'Event',
  RTCPeerConnectionIceErrorEvent: 'Event',
  RTCDTMFSender: 'EventTarget',
  RTCDTMFToneChangeEvent: 'Event',
  RTCDtlsTransport: 'EventTarget',
  RTCIceTransport: 'EventTarget',
  RTCTrackEvent: 'Event',
  RTCSctpTransport: 'EventTarget',
  RTCDataChannel: 'EventTarget',
  RTCDataChannelEvent: 'Event',
  RTCError: 'DOMException',
  RTCErrorEvent: 'Event',
};

/** Whether the page runs on the plugin. */
function isPlugin(): boolean {
  return globalThis.conformance?.transport === 'installed';
}

export const idl: Subject = {
  name: 'interface listing',
  tests: {
    ...Object.fromEntries(
      Object.entries(LISTING).map(([name, members]) => [
        name,
        () => {
          for (const member of members.split(/\s+/)) {
            checkMember(name, member, interfaceOf(name)?.prototype);
          }
        },
      ]),
    ),
    'static methods': () => {
      for (const [name, member] of Object.entries(STATICS)) {
        checkMember(name, member, interfaceOf(name));
      }
    },
    'every interface inherits as it should and has its name as tag': () => {
      for (const name of Object.keys(LISTING)) {
        const found = interfaceOf(name);
        if (found === undefined) {
          ok(!isPlugin(), `${name} is there`);
          continue;
        }
        const { prototype } = found;
        const parent = interfaceOf(PARENTS[name] ?? 'Object');
        ok(parent?.prototype.isPrototypeOf(prototype) === true, `${name}, its prototype`);
        if (PARENTS[name] === undefined) {
          ok(Object.getPrototypeOf(prototype) === Object.prototype, `${name} inherits nothing`);
        } else {
          ok(parent.isPrototypeOf(found), `${name}, its constructor`);
        }
        const tag = propertyOf(prototype, Symbol.toStringTag);
        equal(
          [tag?.value, tag?.enumerable, tag?.configurable, tag?.writable],
          [name, false, true, false],
          `${name}, its tag`,
        );
      }
    },
  },
};

function checkMember(owner: string, text: string, holder: object | undefined): void {
  const [, marks = '', name = '', length] = /^([?=~]*)(\w+)(?:\/(\d))?$/.exec(text) ?? [];
  const found = propertyOf(holder, name);
  if (found === undefined) {
    ok(marks.includes('?') && !isPlugin(), `${owner}.${name} is there`);
    return;
  }
  equal([found.enumerable, found.configurable], [true, true], `${owner}.${name}, its property`);
  if (length === undefined) {
    equal(typeof found.get, 'function', `${owner}.${name}, its getter`);
    const isFree = marks.includes('~') && !isPlugin();
    if (!isFree) equal(found.set !== undefined, marks.includes('='), `${owner}.${name} can be set`);
  } else {
    ok(typeof found.value === 'function', `${owner}.${name} is a method`);
    equal(Reflect.get(found.value, 'length'), Number(length), `${owner}.${name}, its arguments`);
    equal(found.writable, true, `${owner}.${name} can be replaced`);
  }
}

interface InterfaceObject {
  readonly prototype: object;
}

function interfaceOf(name: string): InterfaceObject | undefined {
  const found: unknown = Reflect.get(globalThis, name);
  return typeof found === 'function' ? found : undefined;
}

/** A test environment may have put a class of its own over the engine's. */
function propertyOf(
  holder: object | undefined,
  name: string | symbol,
): PropertyDescriptor | undefined {
  for (let object: unknown = holder; isObject(object);) {
    const found = Object.getOwnPropertyDescriptor(object, name);
    if (found !== undefined) return found;
    object = Object.getPrototypeOf(object);
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
