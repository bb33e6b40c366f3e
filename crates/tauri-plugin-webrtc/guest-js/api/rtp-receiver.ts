// `RTCRtpReceiver` (W3C webrtc-pc, 5.3).

import type { Kind } from '../ports.ts';
import { capabilities } from './capabilities.ts';
import { agreedRtp, type ConnectionContext } from './connection-context.ts';
import { illegalConstructor } from './error.ts';
import { receiveParameters } from './parameters.ts';
import type { StatsReport } from './stats-report.ts';
import type { DtlsTransport } from './transports.ts';

interface ReceiverInit {
  readonly core: ConnectionContext;
  readonly transceiver: number;
  readonly kind: Kind;
  readonly track: MediaStreamTrack;
}

export class RtpReceiver {
  readonly #init: ReceiverInit;
  #jitterBufferTarget: number | null = null;

  static getCapabilities(kind: string): RTCRtpCapabilities | null {
    return capabilities(kind);
  }

  constructor(init: ReceiverInit) {
    if (init?.core === undefined) throw illegalConstructor();
    this.#init = init;
  }

  get track(): MediaStreamTrack {
    return this.#init.track;
  }

  get transport(): DtlsTransport | null {
    const { core, transceiver } = this.#init;
    return core.transceiver(transceiver)?.negotiated.mid == null ? null : core.transport();
  }

  /** Kept, and not followed: the buffer finds its own length. */
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
    const { core, transceiver, kind } = this.#init;
    const parameters = receiveParameters(kind, agreedRtp(core.jsep().session, transceiver), '');
    return { ...parameters, rtcp: { reducedSize: true } };
  }

  /** What mixers and levels would tell is not looked at. */
  getContributingSources(): RTCRtpContributingSource[] {
    return [];
  }

  getSynchronizationSources(): RTCRtpSynchronizationSource[] {
    return [];
  }

  getStats(): Promise<StatsReport> {
    return this.#init.core.statistics({ transceiver: this.#init.transceiver, way: 'in' });
  }
}
