// `RTCSessionDescription` (W3C webrtc-pc, 4.7.2).

const TYPES = ['offer', 'pranswer', 'answer', 'rollback'] as const;

export class SessionDescription {
  readonly type: RTCSdpType;
  readonly sdp: string;

  constructor(init: RTCSessionDescriptionInit) {
    this.type = sdpType(init?.type);
    this.sdp = String(init.sdp ?? '');
  }

  toJSON(): { type: RTCSdpType; sdp: string } {
    return { type: this.type, sdp: this.sdp };
  }
}

export function sdpType(type: unknown): RTCSdpType {
  const found = TYPES.find((one) => one === type);
  if (found !== undefined) return found;
  throw new TypeError(`"${String(type)}" is not a type of description.`);
}

/** As the page gets it: new each time, so that what it does to one changes no other. */
export function described(
  one: { type: RTCSdpType; sdp: string } | null,
): SessionDescription | null {
  return one === null ? null : new SessionDescription(one);
}
