// What the parts of a connection ask of it.

import type { Jsep, Transceiver } from '../jsep/state.ts';
import type { Rtp, Session } from '../bridge/wire.ts';
import type { OperationsChain } from './operations-chain.ts';
import type { DtlsTransport } from './transports.ts';
import type { StatsReport } from './stats-report.ts';

export interface ConnectionContext {
  readonly id: number;
  readonly operations: OperationsChain;
  isClosed(): boolean;
  jsep(): Jsep;
  /** Undefined where it is stopped and forgotten. */
  transceiver(id: number): Transceiver | undefined;
  /** Changes what is to be negotiated, and sees whether the other side must readCapture of it. */
  change(step: (jsep: Jsep) => Jsep): void;
  /** Null before the first description. */
  transport(): DtlsTransport | null;
  /** `receiver` null: of everything. Else what that transceiver sends or receives. */
  statistics(selected: { transceiver: number; way: 'out' | 'in' } | null): Promise<StatsReport>;
}

/** The agreed m-line of a transceiver; undefined where there is none that carries anything. */
export function agreedRtp(session: Session | null, transceiver: number): Rtp | undefined {
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
