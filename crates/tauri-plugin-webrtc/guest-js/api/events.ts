// The events of a connection (W3C webrtc-pc, 4.8.2, 5.7 and 6.3).

import { DataChannel } from './data-channel.ts';
import { IceCandidate } from './ice-candidate.ts';
import { RtpReceiver } from './rtp-receiver.ts';
import { RtpTransceiver } from './rtp-transceiver.ts';
import {
  ifGiven,
  required,
  requireArguments,
  toDictionary,
  toInstance,
  toNullable,
  toScalarText,
  toSequence,
  toText,
  toUnsignedShort,
} from './web-idl.ts';

export interface TrackEventInit extends EventInit {
  readonly receiver: RtpReceiver;
  readonly track: MediaStreamTrack;
  readonly streams?: readonly MediaStream[];
  readonly transceiver: RtpTransceiver;
}

export class TrackEvent extends Event {
  readonly #receiver: RtpReceiver;
  readonly #track: MediaStreamTrack;
  readonly #streams: readonly MediaStream[];
  readonly #transceiver: RtpTransceiver;

  constructor(type: string, init: TrackEventInit) {
    const given = toDictionary(init, 'The init of a track event');
    super(type, init);
    this.#receiver = required(given, 'receiver', (value) =>
      toInstance(value, RtpReceiver, 'The receiver'),
    );
    this.#streams = Object.freeze(
      ifGiven(given['streams'], (value) =>
        toSequence(value, (one) => toInstance(one, MediaStream, 'A stream'), 'streams'),
      ) ?? [],
    );
    this.#track = required(given, 'track', (value) =>
      toInstance(value, MediaStreamTrack, 'The track'),
    );
    this.#transceiver = required(given, 'transceiver', (value) =>
      toInstance(value, RtpTransceiver, 'The transceiver'),
    );
  }

  get receiver(): RtpReceiver {
    return this.#receiver;
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  get streams(): readonly MediaStream[] {
    return this.#streams;
  }

  get transceiver(): RtpTransceiver {
    return this.#transceiver;
  }
}

export interface IceEventInit extends EventInit {
  readonly candidate?: IceCandidate | null;
  readonly url?: string | null;
}

export class PeerConnectionIceEvent extends Event {
  readonly #candidate: IceCandidate | null;
  readonly #url: string | null;

  constructor(type: string, init: IceEventInit = {}) {
    requireArguments(arguments.length, 1);
    const given = toDictionary(init, 'The init of a candidate event');
    super(type, init);
    this.#candidate = toNullable(given['candidate'], (value) =>
      toInstance(value, IceCandidate, 'The candidate'),
    );
    this.#url = toNullable(given['url'], toText);
  }

  get candidate(): IceCandidate | null {
    return this.#candidate;
  }

  get url(): string | null {
    return this.#url;
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
  readonly #address: string | null;
  readonly #port: number | null;
  readonly #url: string;
  readonly #errorCode: number;
  readonly #errorText: string;

  constructor(type: string, init: IceErrorEventInit) {
    const given = toDictionary(init, 'The init of a candidate error event');
    super(type, init);
    this.#address = toNullable(given['address'], toText);
    this.#port = toNullable(given['port'], toUnsignedShort);
    this.#url = ifGiven(given['url'], toText) ?? '';
    this.#errorCode = required(given, 'errorCode', toUnsignedShort);
    this.#errorText = ifGiven(given['errorText'], toScalarText) ?? '';
  }

  get address(): string | null {
    return this.#address;
  }

  get port(): number | null {
    return this.#port;
  }

  get url(): string {
    return this.#url;
  }

  get errorCode(): number {
    return this.#errorCode;
  }

  get errorText(): string {
    return this.#errorText;
  }
}

export class DataChannelEvent extends Event {
  readonly #channel: DataChannel;

  constructor(type: string, init: EventInit & { readonly channel: DataChannel }) {
    const given = toDictionary(init, 'The init of a channel event');
    super(type, init);
    this.#channel = required(given, 'channel', (value) =>
      toInstance(value, DataChannel, 'The channel'),
    );
  }

  get channel(): DataChannel {
    return this.#channel;
  }
}
