// `RTCIceCandidate` (W3C webrtc-pc, 4.8.1).

import { readCandidate, type CandidateFields } from '../jsep/candidate-line.ts';
import { ifGiven, toDictionary, toNullable, toText, toUnsignedShort } from './web-idl.ts';

export interface CandidateInit extends RTCIceCandidateInit {
  readonly relayProtocol?: string | null;
  readonly url?: string | null;
}

export class IceCandidate {
  readonly #init: ConvertedInit;
  readonly #fields: CandidateFields | null;

  constructor(init?: CandidateInit) {
    this.#init = candidateInit(init);
    const { candidate, sdpMid, sdpMLineIndex } = this.#init;
    if (sdpMid === null && sdpMLineIndex === null) {
      throw new TypeError('sdpMid or sdpMLineIndex is required.');
    }
    this.#fields = readCandidate(candidate);
  }

  get candidate(): string {
    return this.#init.candidate;
  }

  get sdpMid(): string | null {
    return this.#init.sdpMid;
  }

  get sdpMLineIndex(): number | null {
    return this.#init.sdpMLineIndex;
  }

  get usernameFragment(): string | null {
    return this.#init.usernameFragment;
  }

  get relayProtocol(): string | null {
    return this.#init.relayProtocol;
  }

  get url(): string | null {
    return this.#init.url;
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

interface ConvertedInit {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
  readonly relayProtocol: string | null;
  readonly url: string | null;
}

/** The argument of `addIceCandidate`: it names an m-line unless it is the end of candidates. */
export function remoteCandidateInit(init: unknown): ConvertedInit {
  const converted = candidateInit(init);
  const { candidate, sdpMid, sdpMLineIndex } = converted;
  if (candidate !== '' && sdpMid === null && sdpMLineIndex === null) {
    throw new TypeError('A candidate needs an sdpMid or an sdpMLineIndex.');
  }
  return converted;
}

/** `RTCLocalIceCandidateInit`, which includes `RTCIceCandidateInit` (W3C webrtc-pc, 4.8.1). */
function candidateInit(init: unknown): ConvertedInit {
  const given = toDictionary(init, 'A candidate');
  return {
    candidate: ifGiven(given['candidate'], toText) ?? '',
    sdpMid: toNullable(given['sdpMid'], toText),
    sdpMLineIndex: toNullable(given['sdpMLineIndex'], toUnsignedShort),
    usernameFragment: toNullable(given['usernameFragment'], toText),
    relayProtocol: toNullable(given['relayProtocol'], toText),
    url: toNullable(given['url'], toText),
  };
}
