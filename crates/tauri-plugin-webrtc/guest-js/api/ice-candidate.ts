// `RTCIceCandidate` (W3C webrtc-pc, 4.8.1).

import { readCandidate, type CandidateFields } from '../jsep/candidates.ts';

export interface CandidateInit extends RTCIceCandidateInit {
  readonly relayProtocol?: string | null;
  readonly url?: string | null;
}

export class IceCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
  readonly relayProtocol: string | null;
  readonly url: string | null;
  readonly #fields: CandidateFields | null;

  constructor(init: CandidateInit = {}) {
    const { sdpMid = null, sdpMLineIndex = null } = init;
    if (sdpMid === null && sdpMLineIndex === null) {
      throw new TypeError('sdpMid or sdpMLineIndex is required.');
    }
    this.candidate = String(init.candidate ?? '');
    this.sdpMid = sdpMid === null ? null : String(sdpMid);
    this.sdpMLineIndex = sdpMLineIndex;
    this.#fields = readCandidate(this.candidate);
    this.usernameFragment = init.usernameFragment ?? this.#fields?.usernameFragment ?? null;
    this.relayProtocol = init.relayProtocol ?? null;
    this.url = init.url ?? null;
  }

  get foundation(): string | null {
    return this.#fields?.foundation ?? null;
  }

  get component(): RTCIceComponent | null {
    return this.#fields?.component ?? null;
  }

  get priority(): number | null {
    return this.#fields?.priority ?? null;
  }

  get address(): string | null {
    return this.#fields?.address ?? null;
  }

  get protocol(): RTCIceProtocol | null {
    return this.#fields?.protocol ?? null;
  }

  get port(): number | null {
    return this.#fields?.port ?? null;
  }

  get type(): RTCIceCandidateType | null {
    return this.#fields?.type ?? null;
  }

  get tcpType(): RTCIceTcpCandidateType | 'so' | null {
    return this.#fields?.tcpType ?? null;
  }

  get relatedAddress(): string | null {
    return this.#fields?.relatedAddress ?? null;
  }

  get relatedPort(): number | null {
    return this.#fields?.relatedPort ?? null;
  }

  toJSON(): RTCIceCandidateInit {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this;
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
  }
}
