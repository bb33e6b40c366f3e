// `RTCIceTransport`, `RTCDtlsTransport` and `RTCSctpTransport` (W3C webrtc-pc, 5.5, 5.6 and 6.1):
// the one transport that carries all of a connection, and the states it gives the connection.

import type { DtlsState, IceState } from '../bridge/wire.ts';
import { illegalConstructor } from './error.ts';
import { defineHandlers } from './event-target.ts';
import { IceCandidate } from './ice-candidate.ts';

/** Proof that the connection is who asks: what has it may construct. */
export const BY_CONNECTION = Symbol('by the connection');

export class IceTransport extends EventTarget {
  #state: IceState = 'new';
  #gatheringState: RTCIceGatheringState = 'new';
  #role: RTCIceRole | 'unknown' = 'unknown';
  #pair: { local: IceCandidate; remote: IceCandidate } | null = null;
  readonly #local: IceCandidate[] = [];
  readonly #remote: IceCandidate[] = [];

  constructor(by?: symbol) {
    super();
    if (by !== BY_CONNECTION) throw illegalConstructor();
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

  /** As of the last report; null before there is one. */
  getSelectedCandidatePair(): { local: IceCandidate; remote: IceCandidate } | null {
    return this.#pair;
  }

  /** @internal */
  become(by: symbol, change: IceChange): void {
    if (by !== BY_CONNECTION) throw illegalConstructor();
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

  constructor(by?: symbol, iceTransport?: IceTransport) {
    super();
    if (by !== BY_CONNECTION || iceTransport === undefined) throw illegalConstructor();
    this.#iceTransport = iceTransport;
  }

  get iceTransport(): IceTransport {
    return this.#iceTransport;
  }

  get state(): DtlsState {
    return this.#state;
  }

  /** The other side's certificate is checked by the transport and not handed out. */
  getRemoteCertificates(): ArrayBuffer[] {
    return [];
  }

  /** @internal */
  become(by: symbol, state: DtlsState): void {
    if (by !== BY_CONNECTION) throw illegalConstructor();
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

export class SctpTransport extends EventTarget {
  #state: RTCSctpTransportState = 'connecting';
  #maxMessageSize = 65536;
  readonly #transport: DtlsTransport;

  constructor(by?: symbol, transport?: DtlsTransport) {
    super();
    if (by !== BY_CONNECTION || transport === undefined) throw illegalConstructor();
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
  become(by: symbol, state: RTCSctpTransportState, maxMessageSize: number): void {
    if (by !== BY_CONNECTION) throw illegalConstructor();
    this.#maxMessageSize = maxMessageSize;
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

/** W3C webrtc-pc, 4.3.3, of one transport. */
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
