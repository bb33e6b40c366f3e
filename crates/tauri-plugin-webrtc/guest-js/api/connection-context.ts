// What senders, receivers and transceivers need of their connection.

import type { Jsep, Transceiver } from '../jsep/state.ts';
import type { NegotiatedParameters, Rtp } from '../bridge/wire.ts';
import type { OperationsChain } from './operations-chain.ts';
import type { DtlsTransport } from './transports.ts';
import type { StatsReport } from './stats-report.ts';

export interface ConnectionContext {
  readonly id: number;
  readonly operations: OperationsChain;
  isClosed(): boolean;
  jsep(): Jsep;
  /** Undefined after it was stopped and removed. */
  transceiver(id: number): Transceiver | undefined;
  /** Changes the JSEP state, and checks whether a negotiation is needed. */
  change(step: (jsep: Jsep) => Jsep): void;
  /** Null before the first description. */
  transport(): DtlsTransport | null;
  /** Null selects everything, else what the transceiver sends or receives. */
  statistics(
    selected: { transceiver: number; direction: 'outbound' | 'inbound' } | null,
  ): Promise<StatsReport>;
}

/** The negotiated m-line of a transceiver. Undefined: none that carries media. */
export function agreedRtp(
  session: NegotiatedParameters | null,
  transceiver: number,
): Rtp | undefined {
  for (const media of session?.media ?? []) {
    switch (media.kind) {
      case 'audio':
      case 'video':
        if (media.receiver === transceiver) return media;
        break;
      case 'application':
      case 'stopped':
        break;
    }
  }
  return undefined;
}
