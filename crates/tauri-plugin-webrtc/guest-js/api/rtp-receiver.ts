// `RTCRtpReceiver` (W3C webrtc-pc, 5.3).

import type { Kind, ReceivedTrack } from '../ports.ts';
import { capabilities } from './capabilities.ts';
import { agreedRtp, type ConnectionContext } from './connection-context.ts';
import { illegalConstructor } from './error.ts';
import { receiveParameters } from './parameters.ts';
import type { StatsReport } from './stats-report.ts';
import type { DtlsTransport } from './transports.ts';

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

  /** Stored but not applied: the jitter buffer finds its own target. */
  get jitterBufferTarget(): number | null {
    return this.#jitterBufferTarget;
  }

  set jitterBufferTarget(target: number | null) {
    if (target !== null && !(target >= 0 && target <= 4000)) {
      throw new RangeError('jitterBufferTarget is from 0 to 4000 ms.');
    }
    this.#jitterBufferTarget = target;
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
