// `RTCRtpSender` (W3C webrtc-pc, 5.2).
//
// Invariant: a source is open while its track is to be sent, so that capture runs before the
// connection is established. A request is sent only when it differs from the last one.

import { hasTones } from '../jsep/codecs.ts';
import { sends } from '../jsep/state.ts';
import { setStreams } from '../jsep/transceivers.ts';
import type { DegradationPreference, Rtp } from '../bridge/wire.ts';
import type { Kind, Source } from '../ports.ts';
import { capabilities } from './capabilities.ts';
import { agreedRtp, type ConnectionContext } from './connection-context.ts';
import { closedError, illegalConstructor } from './error.ts';
import {
  payloadTypeOf,
  readParameters,
  readPreference,
  sendParameters,
  wireParameters,
  withNegotiatedCodec,
  withoutSimulcast,
  type Encodings,
} from './parameters.ts';
import type { StatsReport } from './stats-report.ts';
import { queueTask } from './task.ts';
import { DtmfSender } from './dtmf-sender.ts';
import { CONSTRUCTOR_KEY, type DtlsTransport } from './transports.ts';
import { isInstance } from './web-idl.ts';
import { ports } from './environment.ts';

interface SenderInit {
  readonly context: ConnectionContext;
  readonly transceiver: number;
  readonly kind: Kind;
  readonly track: MediaStreamTrack | null;
  readonly encodings: Encodings;
}

/** Methods for the connection only. */
export interface SenderControl {
  setTrack(track: MediaStreamTrack | null): void;
  /** Updates source and transport to the negotiated state. */
  sync(): void;
  /** Null: nothing is sent. */
  sourceId(): number | null;
  close(): void;
}

const controls = new WeakMap<RtpSender, SenderControl>();

export function senderControl(sender: RtpSender): SenderControl {
  const control = controls.get(sender);
  if (control === undefined) throw illegalConstructor();
  return control;
}

export class RtpSender {
  readonly #init: SenderInit;
  #track: MediaStreamTrack | null;
  #encodings: Encodings;
  #preference: DegradationPreference | undefined = undefined;
  #source: { track: MediaStreamTrack; source: Source } | null = null;
  #sentRequest: string | null = null;
  #handedOut: RTCRtpSendParameters | null = null;
  #transactions = 0;
  readonly #dtmf: DtmfSender | null;

  static getCapabilities(kind: string): RTCRtpCapabilities | null {
    return capabilities(kind);
  }

  constructor(init: SenderInit) {
    if (init?.context === undefined) throw illegalConstructor();
    this.#init = init;
    this.#track = init.track;
    this.#encodings = init.encodings;
    this.#dtmf = init.kind === 'audio' ? this.#makeDtmf() : null;
    controls.set(this, {
      setTrack: (track) => this.#setTrack(track),
      sync: () => this.#sync(),
      sourceId: () => this.#source?.source.id ?? null,
      close: () => this.#release(),
    });
    // The connection adds the transceiver after this constructor has run.
    queueTask(() => this.#sync());
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  get transport(): DtlsTransport | null {
    const { context, transceiver } = this.#init;
    return context.transceiver(transceiver)?.negotiated.mid == null ? null : context.transport();
  }

  /** Null for video. */
  get dtmf(): DtmfSender | null {
    return this.#dtmf;
  }

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    const { context, transceiver, kind } = this.#init;
    if (track !== null && !isInstance(track, MediaStreamTrack)) {
      return Promise.reject(new TypeError('replaceTrack takes a track or null.'));
    }
    if (track !== null && track.kind !== kind) {
      return Promise.reject(new TypeError(`This sender sends ${kind}.`));
    }
    if (context.isClosed()) return Promise.reject(closedError());
    return context.operations.run(async () => {
      if (context.transceiver(transceiver)?.life !== 'live') {
        throw new DOMException('The transceiver is stopped.', 'InvalidStateError');
      }
      await new Promise<void>((resolve) => {
        queueTask(resolve);
      });
      if (!context.isClosed()) this.#setTrack(track);
    });
  }

  setStreams(...streams: MediaStream[]): void {
    const { context, transceiver } = this.#init;
    if (streams.some((stream) => !isInstance(stream, MediaStream))) {
      throw new TypeError('setStreams takes streams.');
    }
    if (context.isClosed()) throw closedError();
    if (context.transceiver(transceiver)?.life !== 'live') {
      throw new DOMException('The transceiver is stopped.', 'InvalidStateError');
    }
    context.change((jsep) =>
      setStreams(
        jsep,
        transceiver,
        streams.map(({ id }) => id),
      ),
    );
  }

  getParameters(): RTCRtpSendParameters {
    if (this.#handedOut === null) {
      const { context, transceiver, kind } = this.#init;
      const jsep = context.jsep();
      this.#transactions += 1;
      const handedOut = sendParameters(
        kind,
        this.#encodings,
        agreedRtp(jsep.session, transceiver),
        jsep.cname,
        String(this.#transactions),
      );
      this.#handedOut = handedOut;
      // The result is cached for the current task.
      queueTask(() => {
        if (this.#handedOut === handedOut) this.#handedOut = null;
      });
    }
    const parameters = structuredClone(this.#handedOut);
    const degradationPreference = this.#preference;
    // A property only where the page has set it.
    return degradationPreference === undefined
      ? parameters
      : Object.assign(parameters, { degradationPreference });
  }

  setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    const { context, transceiver, kind } = this.#init;
    try {
      if (!Array.isArray(parameters?.encodings) || parameters.transactionId === undefined) {
        throw new TypeError('The parameters have a transactionId and encodings.');
      }
      if (context.transceiver(transceiver)?.life !== 'live') {
        throw new DOMException('The transceiver is stopped.', 'InvalidStateError');
      }
      if (this.#handedOut === null) {
        throw new DOMException('Call getParameters first.', 'InvalidStateError');
      }
      const preference = readPreference(parameters);
      const media = agreedRtp(context.jsep().session, transceiver);
      this.#encodings = readParameters(kind, this.#handedOut, parameters, media);
      this.#preference = preference;
    } catch (error) {
      return Promise.reject(error);
    }
    this.#handedOut = null;
    this.#sync();
    return new Promise((resolve) => {
      queueTask(resolve);
    });
  }

  getStats(): Promise<StatsReport> {
    return this.#init.context.statistics({
      transceiver: this.#init.transceiver,
      direction: 'outbound',
    });
  }

  #makeDtmf(): DtmfSender {
    return new DtmfSender(CONSTRUCTOR_KEY, {
      canInsert: () => this.#tonesMid() !== null,
      send: (event, duration) => {
        const mid = this.#tonesMid();
        if (mid === null) return;
        const connection = this.#init.context.id;
        // A lost bridge also closes the connection.
        ports()
          .bridge.request({ type: 'send-tone', connection, mid, event, duration })
          .catch(() => undefined);
      },
    });
  }

  /** The m-line to send tones on. Null: they cannot be sent (W3C webrtc-pc, 7.2). */
  #tonesMid(): string | null {
    const { context, transceiver } = this.#init;
    const media = agreedRtp(context.jsep().session, transceiver);
    const direction = context.transceiver(transceiver)?.negotiated.currentDirection ?? 'inactive';
    const canSend =
      !context.isClosed() &&
      isConnected(context.transport()) &&
      context.transceiver(transceiver)?.life === 'live' &&
      this.#track !== null &&
      sends(direction) &&
      this.#encodings[0].active;
    if (!canSend || media === undefined) return null;
    const payloadType = payloadTypeOf('audio', this.#encodings, media);
    return hasTones(media.codecs, payloadType) ? media.mid : null;
  }

  #setTrack(track: MediaStreamTrack | null): void {
    this.#track = track;
    this.#sync();
  }

  #sync(): void {
    const { context, transceiver, kind } = this.#init;
    const media = agreedRtp(context.jsep().session, transceiver);
    const own = context.isClosed() ? undefined : context.transceiver(transceiver);
    const isSent = own?.life === 'live' && sends(media?.direction ?? own.direction);
    this.#hold(isSent ? this.#track : null);
    if (context.isClosed() || media === undefined) return;
    this.#endSimulcast();
    this.#dropCodec(media);
    const request = {
      type: 'set-sender' as const,
      connection: context.id,
      mid: media.mid,
      source: this.#source?.source.id ?? null,
      parameters: wireParameters(
        this.#encodings,
        payloadTypeOf(kind, this.#encodings, media),
        this.#preference,
        this.#track?.contentHint ?? '',
      ),
    };
    const text = JSON.stringify(request);
    if (text === this.#sentRequest || (this.#sentRequest === null && request.source === null))
      return;
    this.#sentRequest = text;
    // A lost bridge also closes the connection.
    ports()
      .bridge.request(request)
      .catch(() => undefined);
  }

  /** No answer takes simulcast, as no offer has it. */
  #endSimulcast(): void {
    if (this.#encodings.length === 1) return;
    this.#encodings = withoutSimulcast(this.#encodings);
    this.#handedOut = null;
  }

  /** A codec that was not negotiated cannot be sent. */
  #dropCodec(media: Rtp): void {
    const encodings = withNegotiatedCodec(this.#init.kind, this.#encodings, media);
    if (encodings === this.#encodings) return;
    this.#encodings = encodings;
    this.#handedOut = null;
  }

  /** Opens the next source before it releases the last one, so that a shared source stays open. */
  #hold(track: MediaStreamTrack | null): void {
    const before = this.#source;
    if (before?.track === track) return;
    this.#source = track === null ? null : { track, source: ports().media.source(track) };
    before?.source.release();
  }

  #release(): void {
    this.#hold(null);
  }
}

function isConnected(transport: DtlsTransport | null): boolean {
  return (
    transport?.state === 'connected' &&
    ['connected', 'completed'].includes(transport.iceTransport.state)
  );
}
