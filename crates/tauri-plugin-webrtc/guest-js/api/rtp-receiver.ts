// `RTCRtpReceiver` (W3C webrtc-pc, 5.3).

import type { Kind, ReceivedTrack } from '../ports.ts';
import { capabilities } from './capabilities.ts';
import { agreedRtp, type ConnectionContext } from './connection-context.ts';
import { ports } from './environment.ts';
import { illegalConstructor } from './error.ts';
import { receiveParameters } from './parameters.ts';
import type { StatsReport } from './stats-report.ts';
import type { DtlsTransport } from './transports.ts';
import { toDouble, toNullable } from './web-idl.ts';

/** W3C webrtc-pc, 5.3, jitterBufferTarget. */
const MAX_TARGET_MS = 4000;

interface ReceiverInit {
  readonly context: ConnectionContext;
  readonly transceiver: number;
  readonly kind: Kind;
  readonly received: ReceivedTrack;
}

export class RtpReceiver {
  readonly #init: ReceiverInit;
  #jitterBufferTarget: number | null = null;

  static getCapabilities(kind: string): RTCRtpCapabilities | null {
    return capabilities(kind);
  }

  constructor(init: ReceiverInit) {
    if (init?.context === undefined) throw illegalConstructor();
    this.#init = init;
  }

  get track(): MediaStreamTrack {
    return this.#init.received.track;
  }

  get transport(): DtlsTransport | null {
    const { context, transceiver } = this.#init;
    return context.transceiver(transceiver)?.negotiated.mid == null ? null : context.transport();
  }

  /** In milliseconds. Followed for audio; video follows its audio. */
  get jitterBufferTarget(): number | null {
    return this.#jitterBufferTarget;
  }

  set jitterBufferTarget(given: number | null) {
    const target = toNullable(given, (value) => toDouble(value, 'jitterBufferTarget'));
    if (target !== null && (target < 0 || target > MAX_TARGET_MS)) {
      throw new RangeError(`jitterBufferTarget is from 0 to ${MAX_TARGET_MS} ms.`);
    }
    this.#jitterBufferTarget = target;
    const { context, transceiver: receiver, kind } = this.#init;
    if (kind === 'video' || context.isClosed()) return;
    // A lost bridge also closes the connection.
    ports()
      .bridge.request({
        type: 'set-jitter-buffer-target',
        connection: context.id,
        receiver,
        target,
      })
      .catch(() => undefined);
  }

  getParameters(): RTCRtpReceiveParameters {
    const { context, transceiver, kind } = this.#init;
    const parameters = receiveParameters(kind, agreedRtp(context.jsep().session, transceiver), '');
    return { ...parameters, rtcp: { reducedSize: true } };
  }

  getContributingSources(): RTCRtpContributingSource[] {
    return this.#init.received.sources.contributing(pageNow());
  }

  getSynchronizationSources(): RTCRtpSynchronizationSource[] {
    return this.#init.received.sources.synchronization(pageNow());
  }

  getStats(): Promise<StatsReport> {
    return this.#init.context.statistics({
      transceiver: this.#init.transceiver,
      direction: 'inbound',
    });
  }
}

function pageNow(): number {
  return performance.timeOrigin + performance.now();
}
