// Events and timers of the budget within the engine.

import type { PeerStatistics } from '../connection-report/statistics';
import type { PeerId } from '../ids';
import type { DataUse } from './content';
import type { Demand, Speaker } from './state';

/** Once a second, of all connected peers. */
export interface MeasuredEvent {
  readonly type: 'peers-measured';
  readonly measured: readonly (readonly [PeerId, PeerStatistics])[];
}

/** What the views show and hear, and what the person chooses. */
export type BudgetViewEvent =
  | { readonly type: 'video-shown'; readonly shown: Readonly<Record<PeerId, Demand>> }
  | { readonly type: 'speaker-changed'; readonly speaker: Speaker }
  /** `audio-only` holds for this call. */
  | { readonly type: 'data-use-chosen'; readonly dataUse: DataUse }
  | { readonly type: 'data-offer-dismissed' };

export type BudgetTimer = { readonly kind: 'video-pause' } | { readonly kind: 'demand-pause' };
