// `RTCSessionDescription` (W3C webrtc-pc, 4.7.2).

import { ifGiven, toDictionary, toEnum, toText } from './web-idl.ts';

const TYPES = ['offer', 'pranswer', 'answer', 'rollback'] as const;

export class SessionDescription {
  readonly type: RTCSdpType;
  readonly sdp: string;

  constructor(init: RTCSessionDescriptionInit) {
    const given = toDictionary(init, 'A description');
    if (given['type'] === undefined) throw new TypeError('A description has a type.');
    this.type = sdpType(given['type']);
    this.sdp = ifGiven(given['sdp'], toText) ?? '';
  }

  toJSON(): { type: RTCSdpType; sdp: string } {
    return { type: this.type, sdp: this.sdp };
  }
}

export function sdpType(type: unknown): RTCSdpType {
  return toEnum(type, TYPES, 'type of description');
}

/** `RTCSessionDescriptionInit`. */
export function toDescription(init: RTCSessionDescriptionInit): SessionDescription {
  return new SessionDescription(init);
}

/** A new object each time, so that pages cannot change each other's. */
export function described(
  one: { type: RTCSdpType; sdp: string } | null,
): SessionDescription | null {
  return one === null ? null : new SessionDescription(one);
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
