// `RTCIceTransport`, `RTCDtlsTransport` and `RTCSctpTransport` (W3C webrtc-pc, 5.5, 5.6 and 6.1):
// the one transport of a connection, and the connection state that follows from its states.

import type { DtlsState, IceCredentials, IceState } from '../bridge/wire.ts';
import { illegalConstructor } from './error.ts';
import { defineHandlers } from './event-target.ts';
import { IceCandidate } from './ice-candidate.ts';

/** Only code that has this key may construct transports. */
export const CONSTRUCTOR_KEY = Symbol('constructed by the connection');

/** Changes that the connection makes. Pages cannot call them. */
export const transportControl = {
  ice: (_transport: IceTransport, _change: IceChange): void => undefined,
  dtls: (_transport: DtlsTransport, _state: DtlsState): void => undefined,
  /** In DER, as hexadecimal digits. */
  certificate: (_transport: DtlsTransport, _certificate: string): void => undefined,
  /** Without an event, for `close()` (W3C webrtc-pc, 4.4.1.10). */
  closeDtls: (_transport: DtlsTransport): void => undefined,
  closeSctp: (_transport: SctpTransport): void => undefined,
  sctp: (_transport: SctpTransport, _state: RTCSctpTransportState, _size: number): void =>
    undefined,
};

/** `RTCIceCandidatePair` (W3C webrtc-pc, 5.6.4). */
export class IceCandidatePair {
  readonly #local: IceCandidate;
  readonly #remote: IceCandidate;

  constructor(key?: symbol, local?: IceCandidate, remote?: IceCandidate) {
    if (key !== CONSTRUCTOR_KEY || local === undefined || remote === undefined) {
      throw illegalConstructor();
    }
    this.#local = local;
    this.#remote = remote;
  }

  get local(): IceCandidate {
    return this.#local;
  }

  get remote(): IceCandidate {
    return this.#remote;
  }
}

export class IceTransport extends EventTarget {
  static {
    transportControl.ice = (transport, change) => transport.#update(change);
  }

  #state: IceState = 'new';
  #gatheringState: RTCIceGatheringState = 'new';
  #role: RTCIceRole | 'unknown' = 'unknown';
  #pair: IceCandidatePair | null = null;
  #localParameters: IceCredentials | null = null;
  #remoteParameters: IceCredentials | null = null;
  readonly #local: IceCandidate[] = [];
  readonly #remote: IceCandidate[] = [];

  constructor(key?: symbol) {
    super();
    if (key !== CONSTRUCTOR_KEY) throw illegalConstructor();
  }

  get component(): RTCIceComponent {
    return 'rtp';
  }

  get role(): RTCIceRole | 'unknown' {
    return this.#role;
  }

  get state(): IceState {
    return this.#state;
  }

  get gatheringState(): RTCIceGatheringState {
    return this.#gatheringState;
  }

  getLocalCandidates(): IceCandidate[] {
    return [...this.#local];
  }

  getRemoteCandidates(): IceCandidate[] {
    return [...this.#remote];
  }

  /** As of the last `getStats`. Null before the first. */
  getSelectedCandidatePair(): IceCandidatePair | null {
    return this.#pair;
  }

  /** As of the last local description. */
  getLocalParameters(): IceCredentials | null {
    return this.#localParameters === null ? null : { ...this.#localParameters };
  }

  /** As of the last answer. */
  getRemoteParameters(): IceCredentials | null {
    return this.#remoteParameters === null ? null : { ...this.#remoteParameters };
  }

  #update(change: IceChange): void {
    if (change.localParameters !== undefined) this.#localParameters = change.localParameters;
    if (change.remoteParameters !== undefined) this.#remoteParameters = change.remoteParameters;
    if (change.role !== undefined) this.#role = change.role;
    if (change.local !== undefined) this.#local.push(change.local);
    if (change.remote !== undefined) this.#remote.push(change.remote);
    if (change.gathering !== undefined && change.gathering !== this.#gatheringState) {
      this.#gatheringState = change.gathering;
      this.dispatchEvent(new Event('gatheringstatechange'));
    }
    if (change.pair !== undefined && !samePair(change.pair, this.#pair)) {
      this.#pair = change.pair;
      this.dispatchEvent(new Event('selectedcandidatepairchange'));
    }
    if (change.state !== undefined && change.state !== this.#state) {
      this.#state = change.state;
      if (change.state !== 'closed') this.dispatchEvent(new Event('statechange'));
    }
  }
}

export interface IceChange {
  readonly localParameters?: IceCredentials;
  readonly remoteParameters?: IceCredentials;
  readonly state?: IceState;
  readonly gathering?: RTCIceGatheringState;
  readonly role?: RTCIceRole;
  readonly local?: IceCandidate;
  readonly remote?: IceCandidate;
  readonly pair?: IceCandidatePair;
}

function samePair(a: IceCandidatePair, b: IceCandidatePair | null): boolean {
  return a.local.candidate === b?.local.candidate && a.remote.candidate === b.remote.candidate;
}

export class DtlsTransport extends EventTarget {
  static {
    transportControl.dtls = (transport, state) => transport.#update(state);
    transportControl.certificate = (transport, certificate) => {
      transport.#remoteCertificate = bytesOf(certificate);
    };
    transportControl.closeDtls = (transport) => {
      transport.#state = 'closed';
    };
  }

  #state: DtlsState = 'new';
  #remoteCertificate: Uint8Array<ArrayBuffer> | null = null;
  readonly #iceTransport: IceTransport;

  constructor(key?: symbol, iceTransport?: IceTransport) {
    super();
    if (key !== CONSTRUCTOR_KEY || iceTransport === undefined) throw illegalConstructor();
    this.#iceTransport = iceTransport;
  }

  get iceTransport(): IceTransport {
    return this.#iceTransport;
  }

  get state(): DtlsState {
    return this.#state;
  }

  /** Empty before the handshake has ended. */
  getRemoteCertificates(): ArrayBuffer[] {
    return this.#remoteCertificate === null ? [] : [this.#remoteCertificate.slice().buffer];
  }

  #update(state: DtlsState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

export class SctpTransport extends EventTarget {
  static {
    transportControl.sctp = (transport, state, size) => transport.#update(state, size);
    transportControl.closeSctp = (transport) => {
      transport.#state = 'closed';
    };
  }

  #state: RTCSctpTransportState = 'connecting';
  #maxMessageSize = 65536;
  readonly #transport: DtlsTransport;

  constructor(key?: symbol, transport?: DtlsTransport) {
    super();
    if (key !== CONSTRUCTOR_KEY || transport === undefined) throw illegalConstructor();
    this.#transport = transport;
  }

  get transport(): DtlsTransport {
    return this.#transport;
  }

  get state(): RTCSctpTransportState {
    return this.#state;
  }

  get maxMessageSize(): number {
    return this.#maxMessageSize;
  }

  get maxChannels(): number | null {
    return this.#state === 'connected' ? 65535 : null;
  }

  #update(state: RTCSctpTransportState, maxMessageSize: number): void {
    this.#maxMessageSize = maxMessageSize;
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

/** The bytes of an even number of digits. */
export function bytesOf(hexadecimal: string): Uint8Array<ArrayBuffer> {
  const pairs = hexadecimal.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

/** W3C webrtc-pc, 4.3.3, for one transport. */
export function connectionState(ice: IceState, dtls: DtlsState): RTCPeerConnectionState {
  if (ice === 'failed' || dtls === 'failed') return 'failed';
  if (ice === 'disconnected') return 'disconnected';
  const isIdle = (ice === 'new' || ice === 'closed') && (dtls === 'new' || dtls === 'closed');
  if (isIdle) return 'new';
  const isUp = ice === 'connected' || ice === 'completed' || ice === 'closed';
  return isUp && (dtls === 'connected' || dtls === 'closed') ? 'connected' : 'connecting';
}

defineHandlers(IceTransport, [
  'statechange',
  'gatheringstatechange',
  'selectedcandidatepairchange',
]);
defineHandlers(DtlsTransport, ['statechange', 'error']);
defineHandlers(SctpTransport, ['statechange']);
