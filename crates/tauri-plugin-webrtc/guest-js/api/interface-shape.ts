// Gives a class the shape of a WebIDL interface (WebIDL, 3.7), which JavaScript classes lack.
//
// Invariant: changes no behaviour but that of calls on a wrong object or with too few arguments.

/** Lengths that the default values and optional parameters of the class do not give. */
const LENGTHS: Readonly<Record<string, number>> = {
  RTCPeerConnection: 0,
  RTCIceCandidate: 0,
  RTCRtpSender: 0,
  RTCRtpReceiver: 0,
  RTCRtpTransceiver: 0,
  RTCDTMFSender: 0,
  RTCDataChannel: 0,
  RTCDtlsTransport: 0,
  RTCIceTransport: 0,
  RTCIceCandidatePair: 0,
  RTCSctpTransport: 0,
  RTCCertificate: 0,
  RTCStatsReport: 0,
  'RTCPeerConnection.createOffer': 0,
  'RTCPeerConnection.createAnswer': 0,
  'RTCPeerConnection.setLocalDescription': 0,
  'RTCPeerConnection.setRemoteDescription': 1,
  'RTCPeerConnection.addIceCandidate': 0,
  'RTCPeerConnection.addTransceiver': 1,
  'RTCPeerConnection.createDataChannel': 1,
  'RTCPeerConnection.getStats': 0,
  'RTCDTMFSender.insertDTMF': 1,
  'RTCStatsReport.forEach': 1,
};

/** Methods that reject instead of throwing (WebIDL, 3.7.7). */
const ASYNCHRONOUS: ReadonlySet<string> = new Set([
  'RTCPeerConnection.createOffer',
  'RTCPeerConnection.createAnswer',
  'RTCPeerConnection.setLocalDescription',
  'RTCPeerConnection.setRemoteDescription',
  'RTCPeerConnection.addIceCandidate',
  'RTCPeerConnection.getStats',
  'RTCPeerConnection.generateCertificate',
  'RTCRtpSender.replaceTrack',
  'RTCRtpSender.setParameters',
  'RTCRtpSender.getStats',
  'RTCRtpReceiver.getStats',
]);

interface Interface {
  readonly prototype: object;
}

export function shapeInterface(name: string, value: Interface): void {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
  setLength(value, name);
  Object.defineProperty(value.prototype, Symbol.toStringTag, { value: name, configurable: true });
  shapeMembers(name, value.prototype, ['constructor']);
  shapeMembers(name, value, ['length', 'name', 'prototype']);
}

function shapeMembers(name: string, owner: object, except: readonly string[]): void {
  for (const member of Object.getOwnPropertyNames(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, member);
    if (descriptor === undefined || except.includes(member)) continue;
    const method: unknown = descriptor.value;
    if (typeof method === 'function') {
      const path = `${name}.${member}`;
      if (ASYNCHRONOUS.has(path)) descriptor.value = rejecting(member, method);
      setLength(descriptor.value, path);
    }
    Object.defineProperty(owner, member, { ...descriptor, enumerable: true });
  }
}

function setLength(of: object, path: string): void {
  const length = LENGTHS[path];
  if (length !== undefined)
    Object.defineProperty(of, 'length', { value: length, configurable: true });
}

// oxlint-disable-next-line typescript/no-unsafe-function-type -- any method
function rejecting(name: string, method: Function): Function {
  const wrapped = {
    [name](this: unknown, ...given: unknown[]): unknown {
      try {
        return Reflect.apply(method, this, given);
      } catch (error) {
        return Promise.reject(error);
      }
    },
  }[name];
  if (wrapped === undefined) return method;
  Object.defineProperty(wrapped, 'length', { value: method.length, configurable: true });
  return wrapped;
}
