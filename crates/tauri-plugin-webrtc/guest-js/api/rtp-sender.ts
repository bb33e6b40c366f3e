// `RTCRtpSender` (W3C webrtc-pc, 5.2).
//
// Invariant: a source is held from when its track is meant to be sent until it no longer is, so that
// the capture has begun when the connection is there; the transport is told only what has changed.

import { sends } from '../jsep/state.ts';
import { setStreams } from '../jsep/transceivers.ts';
import type { Kind, Source } from '../ports.ts';
import { capabilities } from './capabilities.ts';
import { agreedRtp, type ConnectionContext } from './connection-context.ts';
import { closedError, illegalConstructor } from './error.ts';
import { readParameters, sendParameters, wireParameters, type Encoding } from './parameters.ts';
import type { StatsReport } from './stats-report.ts';
import { queueTask } from './task.ts';
import type { DtlsTransport } from './transports.ts';
import { ports } from './environment.ts';

interface SenderInit {
  readonly core: ConnectionContext;
  readonly transceiver: number;
  readonly kind: Kind;
  readonly track: MediaStreamTrack | null;
  readonly encoding: Encoding;
}

/** What only a connection may do with its sender. */
export interface SenderControl {
  setTrack(track: MediaStreamTrack | null): void;
  /** Makes true what is agreed on and set. */
  sync(): void;
  /** The source that is sent now. */
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
  #encoding: Encoding;
  #source: { track: MediaStreamTrack; source: Source } | null = null;
  #told: string | null = null;
  #handedOut: RTCRtpSendParameters | null = null;
  #transactions = 0;

  static getCapabilities(kind: string): RTCRtpCapabilities | null {
    return capabilities(kind);
  }

  constructor(init: SenderInit) {
    if (init?.core === undefined) throw illegalConstructor();
    this.#init = init;
    this.#track = init.track;
    this.#encoding = init.encoding;
    controls.set(this, {
      setTrack: (track) => this.#setTrack(track),
      sync: () => this.#sync(),
      sourceId: () => this.#source?.source.id ?? null,
      close: () => this.#release(),
    });
    // The transceiver is the connection's only after this.
    queueTask(() => this.#sync());
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  get transport(): DtlsTransport | null {
    const { core, transceiver } = this.#init;
    return core.transceiver(transceiver)?.negotiated.mid == null ? null : core.transport();
  }

  /** There are no tones here. */
  get dtmf(): null {
    return null;
  }

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    const { core, transceiver, kind } = this.#init;
    if (track !== null && !(track instanceof MediaStreamTrack)) {
      return Promise.reject(new TypeError('replaceTrack takes a track or null.'));
    }
    if (track !== null && track.kind !== kind) {
      return Promise.reject(new TypeError(`This sender sends ${kind}.`));
    }
    if (core.isClosed()) return Promise.reject(closedError());
    return core.operations.run(async () => {
      if (core.transceiver(transceiver)?.life !== 'live') {
        throw new DOMException('The transceiver is stopped.', 'InvalidStateError');
      }
      this.#setTrack(track);
    });
  }

  setStreams(...streams: MediaStream[]): void {
    const { core, transceiver } = this.#init;
    if (streams.some((stream) => !(stream instanceof MediaStream))) {
      throw new TypeError('setStreams takes streams.');
    }
    if (core.isClosed()) throw closedError();
    if (core.transceiver(transceiver)?.life !== 'live') {
      throw new DOMException('The transceiver is stopped.', 'InvalidStateError');
    }
    core.change((jsep) =>
      setStreams(
        jsep,
        transceiver,
        streams.map(({ id }) => id),
      ),
    );
  }

  getParameters(): RTCRtpSendParameters {
    if (this.#handedOut === null) {
      const { core, transceiver, kind } = this.#init;
      const jsep = core.jsep();
      this.#transactions += 1;
      const handedOut = sendParameters(
        kind,
        this.#encoding,
        agreedRtp(jsep.session, transceiver),
        jsep.cname,
        String(this.#transactions),
      );
      this.#handedOut = handedOut;
      // It holds for the task it was asked for in.
      queueTask(() => {
        if (this.#handedOut === handedOut) this.#handedOut = null;
      });
    }
    return structuredClone(this.#handedOut);
  }

  setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    const { core, transceiver, kind } = this.#init;
    try {
      if (!Array.isArray(parameters?.encodings) || parameters.transactionId === undefined) {
        throw new TypeError('The parameters have a transactionId and encodings.');
      }
      if (core.transceiver(transceiver)?.life !== 'live') {
        throw new DOMException('The transceiver is stopped.', 'InvalidStateError');
      }
      if (this.#handedOut === null) {
        throw new DOMException('getParameters comes first.', 'InvalidStateError');
      }
      this.#encoding = readParameters(kind, this.#handedOut, parameters);
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
    return this.#init.core.statistics({ transceiver: this.#init.transceiver, way: 'out' });
  }

  #setTrack(track: MediaStreamTrack | null): void {
    this.#track = track;
    this.#sync();
  }

  #sync(): void {
    const { core, transceiver } = this.#init;
    const media = agreedRtp(core.jsep().session, transceiver);
    const own = core.isClosed() ? undefined : core.transceiver(transceiver);
    const isSent = own?.life === 'live' && sends(media?.direction ?? own.direction);
    this.#hold(isSent ? this.#track : null);
    if (core.isClosed() || media === undefined) return;
    const wish = {
      type: 'set-sender' as const,
      connection: core.id,
      mid: media.mid,
      source: this.#source?.source.id ?? null,
      parameters: wireParameters(this.#encoding),
    };
    const text = JSON.stringify(wish);
    if (text === this.#told || (this.#told === null && wish.source === null)) return;
    this.#told = text;
    // A bridge that is lost has closed the connection too.
    ports()
      .bridge.request(wish)
      .catch(() => undefined);
  }

  /** The next source is opened before the last one goes, so that a counted one stays open. */
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
