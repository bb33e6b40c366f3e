// `RTCSessionDescription` (W3C webrtc-pc, 4.7.2).

import { ifGiven, required, toDictionary, toEnum, toText } from './web-idl.ts';

interface Described {
  readonly type: RTCSdpType;
  readonly sdp: string;
}

const TYPES = ['offer', 'pranswer', 'answer', 'rollback'] as const;

export class SessionDescription {
  readonly #type: RTCSdpType;
  readonly #sdp: string;

  constructor(init: RTCSessionDescriptionInit) {
    const given = toDictionary(init, 'A description');
    this.#sdp = ifGiven(given['sdp'], toText) ?? '';
    this.#type = required(given, 'type', sdpType);
  }

  get type(): RTCSdpType {
    return this.#type;
  }

  get sdp(): string {
    return this.#sdp;
  }

  toJSON(): { type: RTCSdpType; sdp: string } {
    return { type: this.type, sdp: this.sdp };
  }
}

export function sdpType(type: unknown): RTCSdpType {
  return toEnum(type, TYPES, 'type of description');
}

/** `RTCSessionDescriptionInit`. */
export function toDescription(init: unknown): SessionDescription {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- converted by the constructor
  return new SessionDescription(init as RTCSessionDescriptionInit);
}

const objects = new WeakMap<Described, SessionDescription>();

/** One object while the description is unchanged. A new candidate changes it. */
export function described(one: Described | null): SessionDescription | null {
  if (one === null) return null;
  const object = objects.get(one) ?? new SessionDescription(one);
  objects.set(one, object);
  return object;
}

/** `RTCLocalSessionDescriptionInit`, converted. */
export interface LocalDescription {
  readonly type: RTCSdpType | undefined;
  readonly sdp: string;
}

export function localDescriptionInit(init: unknown): LocalDescription {
  const given = toDictionary(init, 'A description');
  return { type: ifGiven(given['type'], sdpType), sdp: ifGiven(given['sdp'], toText) ?? '' };
}
