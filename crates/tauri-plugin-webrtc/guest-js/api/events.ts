// The events of a connection (W3C webrtc-pc, 4.8.2, 5.7 and 6.3).

import type { DataChannel } from './data-channel.ts';
import type { IceCandidate } from './ice-candidate.ts';
import type { RtpReceiver } from './rtp-receiver.ts';
import type { RtpTransceiver } from './rtp-transceiver.ts';

export interface TrackEventInit extends EventInit {
  readonly receiver: RtpReceiver;
  readonly track: MediaStreamTrack;
  readonly streams?: readonly MediaStream[];
  readonly transceiver: RtpTransceiver;
}

export class TrackEvent extends Event {
  readonly receiver: RtpReceiver;
  readonly track: MediaStreamTrack;
  readonly streams: readonly MediaStream[];
  readonly transceiver: RtpTransceiver;

  constructor(type: string, init: TrackEventInit) {
    super(type, init);
    this.receiver = init.receiver;
    this.track = init.track;
    this.streams = Object.freeze([...(init.streams ?? [])]);
    this.transceiver = init.transceiver;
  }
}

export interface IceEventInit extends EventInit {
  readonly candidate?: IceCandidate | null;
  readonly url?: string | null;
}

export class PeerConnectionIceEvent extends Event {
  readonly candidate: IceCandidate | null;
  readonly url: string | null;

  constructor(type: string, init: IceEventInit = {}) {
    super(type, init);
    this.candidate = init.candidate ?? null;
    this.url = init.url ?? null;
  }
}

export interface IceErrorEventInit extends EventInit {
  readonly address?: string | null;
  readonly port?: number | null;
  readonly url?: string;
  readonly errorCode: number;
  readonly errorText?: string;
}

export class PeerConnectionIceErrorEvent extends Event {
  readonly address: string | null;
  readonly port: number | null;
  readonly url: string;
  readonly errorCode: number;
  readonly errorText: string;

  constructor(type: string, init: IceErrorEventInit) {
    super(type, init);
    this.address = init.address ?? null;
    this.port = init.port ?? null;
    this.url = init.url ?? '';
    this.errorCode = init.errorCode;
    this.errorText = init.errorText ?? '';
  }
}

export class DataChannelEvent extends Event {
  readonly channel: DataChannel;

  constructor(type: string, init: EventInit & { readonly channel: DataChannel }) {
    super(type, init);
    this.channel = init.channel;
  }
}
