// The budget's part of the engine's state.

import type { StatisticsHistory } from '../connection-report/report';
import type { PeerId } from '../ids';
import type { KeptDataUse } from './content';
import type { DataOffer } from './offer';
import type { BudgetState, Demand } from './state';

export interface BudgetSlice {
  readonly budget: BudgetState;
  /** Of the last seconds, of each connected peer. */
  readonly statistics: Readonly<Record<PeerId, StatisticsHistory>>;
  readonly ownDemand: OwnDemand;
  readonly keptDataUse: KeptDataUse;
  /** What audio only turned off, to be on again when it ends. */
  readonly pausedByAudioOnly: 'camera' | 'nothing';
  readonly dataOffer: DataOffer;
}

/** How this page shows the video of its peers, for them to know. */
export interface OwnDemand {
  readonly shown: Readonly<Record<PeerId, Demand>>;
  readonly told: Readonly<Record<PeerId, Demand>>;
  /** Peers are told at most twice a second. */
  readonly pace: 'free' | 'pausing';
}

export const NOTHING_SHOWN: OwnDemand = { shown: {}, told: {}, pace: 'free' };
