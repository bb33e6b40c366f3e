// `RTCIceTransport`, `RTCDtlsTransport` and `RTCSctpTransport` (W3C webrtc-pc, 5.5, 5.6 and 6.1):
// the one transport of a connection, and the connection state that follows from its states.

import type { DtlsState, IceState } from '../bridge/wire.ts';
import { illegalConstructor } from './error.ts';
import { defineHandlers } from './event-target.ts';
import { IceCandidate } from './ice-candidate.ts';

/** Only code that has this key may construct transports. */
export const CONSTRUCTOR_KEY = Symbol('constructed by the connection');

export class IceTransport extends EventTarget {
  #state: IceState = 'new';
  #gatheringState: RTCIceGatheringState = 'new';
  #role: RTCIceRole | 'unknown' = 'unknown';
  #pair: { local: IceCandidate; remote: IceCandidate } | null = null;
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
  getSelectedCandidatePair(): { local: IceCandidate; remote: IceCandidate } | null {
    return this.#pair;
  }

  /** @internal */
  update(key: symbol, change: IceChange): void {
    if (key !== CONSTRUCTOR_KEY) throw illegalConstructor();
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
  readonly state?: IceState;
  readonly gathering?: RTCIceGatheringState;
  readonly role?: RTCIceRole;
  readonly local?: IceCandidate;
  readonly remote?: IceCandidate;
  readonly pair?: { local: IceCandidate; remote: IceCandidate };
}

function samePair(
  a: { local: IceCandidate; remote: IceCandidate },
  b: { local: IceCandidate; remote: IceCandidate } | null,
): boolean {
  return a.local.candidate === b?.local.candidate && a.remote.candidate === b.remote.candidate;
}

export class DtlsTransport extends EventTarget {
  #state: DtlsState = 'new';
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

  /** The Rust transport verifies the peer's certificate and does not expose it. */
  getRemoteCertificates(): ArrayBuffer[] {
    return [];
  }

  /** @internal */
  update(key: symbol, state: DtlsState): void {
    if (key !== CONSTRUCTOR_KEY) throw illegalConstructor();
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

export class SctpTransport extends EventTarget {
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

  /** @internal */
  update(key: symbol, state: RTCSctpTransportState, maxMessageSize: number): void {
    if (key !== CONSTRUCTOR_KEY) throw illegalConstructor();
    this.#maxMessageSize = maxMessageSize;
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event('statechange'));
  }
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
