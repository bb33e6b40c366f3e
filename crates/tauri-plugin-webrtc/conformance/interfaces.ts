// The shape of the interfaces (WebIDL, 3.7): members, lengths, receivers, required members.

import { equal, must, ok, rejects, throws, until, type Subject } from './assertions.ts';

/** Attributes and methods of each prototype, as far as all engines have them. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  RTCPeerConnection: [
    'createOffer',
    'localDescription',
    'signalingState',
    'onnegotiationneeded',
    'getStats',
    'close',
  ],
  RTCSessionDescription: ['type', 'sdp', 'toJSON'],
  RTCIceCandidate: ['candidate', 'sdpMid', 'usernameFragment', 'foundation', 'toJSON'],
  RTCRtpSender: ['track', 'replaceTrack', 'getParameters'],
  RTCRtpReceiver: ['track', 'getSynchronizationSources'],
  RTCRtpTransceiver: ['mid', 'direction', 'stop'],
  RTCDataChannel: ['label', 'bufferedAmount', 'onopen', 'send'],
  RTCDtlsTransport: ['state', 'iceTransport', 'onstatechange'],
  RTCIceTransport: ['state', 'gatheringState', 'ongatheringstatechange'],
  RTCSctpTransport: ['state', 'maxMessageSize'],
  RTCError: ['errorDetail', 'sdpLineNumber'],
  RTCTrackEvent: ['receiver', 'track', 'streams', 'transceiver'],
  RTCDataChannelEvent: ['channel'],
  RTCPeerConnectionIceEvent: ['candidate'],
  RTCPeerConnectionIceErrorEvent: ['errorCode', 'url'],
  RTCCertificate: ['expires', 'getFingerprints'],
};

const LENGTHS: Readonly<Record<string, number>> = {
  RTCPeerConnection: 0,
  RTCIceCandidate: 0,
  RTCError: 1,
  RTCTrackEvent: 2,
  RTCDataChannelEvent: 2,
  RTCPeerConnectionIceEvent: 1,
  RTCPeerConnectionIceErrorEvent: 2,
  RTCErrorEvent: 2,
  RTCDTMFToneChangeEvent: 1,
  RTCStatsReport: 0,
};

const METHOD_LENGTHS: Readonly<Record<string, number>> = {
  createOffer: 0,
  createAnswer: 0,
  setLocalDescription: 0,
  addIceCandidate: 0,
  addTrack: 1,
  removeTrack: 1,
  addTransceiver: 1,
  createDataChannel: 1,
  getStats: 0,
  setConfiguration: 0,
};

export const interfaces: Subject = {
  name: 'interfaces',
  tests: {
    'members are enumerable, on the prototype': () => {
      for (const [name, members] of Object.entries(MEMBERS)) {
        for (const member of members) {
          const { enumerable } = must(descriptor(name, member), `${name}.${member}`);
          equal(enumerable, true, `${name}.${member} is enumerable`);
        }
      }
    },
    'attributes refuse a wrong object': () => {
      for (const [name, members] of Object.entries(MEMBERS)) {
        for (const member of members) {
          const found = descriptor(name, member);
          if (found?.get === undefined) continue;
          for (const wrong of [prototypeOf(name), {}]) {
            throws('TypeError', () => found.get?.call(wrong), `${name}.${member}`);
          }
          equal(found.get.name, `get ${member}`, 'its name');
        }
      }
    },
    'asynchronous methods reject for a wrong object': async () => {
      for (const method of ['createOffer', 'setLocalDescription', 'addIceCandidate']) {
        const value: unknown = descriptor('RTCPeerConnection', method)?.value;
        ok(typeof value === 'function', method);
        await rejects('TypeError', Reflect.apply(value, {}, []), method);
      }
    },
    'constructors and methods have the lengths of the standard': () => {
      for (const [name, length] of Object.entries(LENGTHS)) {
        equal(Reflect.get(globalOf(name), 'length'), length, name);
      }
      for (const [method, length] of Object.entries(METHOD_LENGTHS)) {
        const value: unknown = descriptor('RTCPeerConnection', method)?.value;
        ok(typeof value === 'function', method);
        equal(value.length, length, method);
      }
    },
    'required members and arguments are required': (scope) => {
      for (const name of [
        'RTCTrackEvent',
        'RTCDataChannelEvent',
        'RTCPeerConnectionIceErrorEvent',
        'RTCErrorEvent',
      ]) {
        throws('TypeError', () => make(name, ['type', {}]), name);
        throws('TypeError', () => make(name, ['type']), name);
      }
      throws('TypeError', () => make('RTCPeerConnectionIceEvent', []), 'no type');
      throws('TypeError', () => make('RTCError', [{}]), 'no errorDetail');
      throws('TypeError', () => make('RTCDTMFToneChangeEvent', []), 'no type of a tone event');
      throws('TypeError', () => make('RTCStatsReport', []), 'a report has no constructor');
      const connection = scope.connection();
      for (const method of ['addTransceiver', 'createDataChannel', 'addTrack', 'removeTrack']) {
        const value: unknown = Reflect.get(connection, method);
        ok(typeof value === 'function', method);
        throws('TypeError', () => Reflect.apply(value, connection, []), method);
      }
    },
    'methods of a sender reject too few arguments': async (scope) => {
      const { sender } = scope.connection().addTransceiver('audio');
      for (const method of ['replaceTrack', 'setParameters']) {
        const value: unknown = Reflect.get(sender, method);
        ok(typeof value === 'function', method);
        // It does not throw.
        const outcome: unknown = Reflect.apply(value, sender, []);
        ok(outcome instanceof Promise, `${method} gives a promise`);
        await rejects('TypeError', outcome, method);
      }
    },
    'transports have no constructor and no hidden members': () => {
      for (const name of ['RTCDtlsTransport', 'RTCIceTransport', 'RTCSctpTransport']) {
        throws('TypeError', () => make(name, []), name);
        ok(!('update' in prototypeOf(name)), 'no hidden member');
      }
    },
    'descriptions are one object while they are unchanged': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      await connection.setLocalDescription();
      await until('gathering ends', () => connection.iceGatheringState === 'complete');
      const { localDescription } = connection;
      ok(localDescription instanceof RTCSessionDescription, 'a description');
      ok(localDescription === connection.localDescription, 'the same one');
      ok(localDescription === connection.pendingLocalDescription, 'the pending one');
    },
    'createOffer gives what a page can change': async (scope) => {
      const connection = scope.connection();
      connection.addTransceiver('audio');
      const offer = await connection.createOffer();
      equal(offer.type, 'offer', 'type');
      offer.sdp = 'changed';
      equal(offer.sdp, 'changed', 'sdp');
    },
    'createOffer and createAnswer give dictionaries': async (scope) => {
      const [one, other] = scope.pair();
      one.addTransceiver('audio');
      const offer = await one.createOffer();
      await other.setRemoteDescription(offer);
      const answer = await other.createAnswer();
      for (const each of [offer, answer]) {
        ok(!(each instanceof RTCSessionDescription), `${each.type} is no object of a class`);
        equal(Object.keys(each).toSorted(), ['sdp', 'type'], 'members');
      }
    },
  },
};

function globalOf(name: string): object {
  const value: unknown = Reflect.get(globalThis, name);
  ok(typeof value === 'function', name);
  return value;
}

function prototypeOf(name: string): object {
  const value: unknown = Reflect.get(globalOf(name), 'prototype');
  ok(typeof value === 'object' && value !== null, `the prototype of ${name}`);
  return value;
}

/** A test environment may have put a class of its own over the engine's. */
function descriptor(name: string, member: string): PropertyDescriptor | undefined {
  for (let owner: unknown = prototypeOf(name); isObject(owner);) {
    const found = Object.getOwnPropertyDescriptor(owner, member);
    if (found !== undefined) return found;
    owner = Object.getPrototypeOf(owner);
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function make(name: string, given: readonly unknown[]): unknown {
  const value: unknown = Reflect.get(globalThis, name);
  ok(typeof value === 'function', name);
  return Reflect.construct(value, given);
}
