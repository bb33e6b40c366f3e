// State of the `talk` channels: one with each peer whose connection is open.

import type { PeerId } from '../ids';
import type { Quota } from './quota';

export interface TalkSlice {
  readonly talk: Readonly<Record<PeerId, TalkChannel>>;
}

export interface TalkChannel {
  readonly quota: Quota;
  /** `muted`: the peer sent too much or nonsense; nothing of it is read until it reconnects. */
  readonly reading: 'open' | 'muted';
}
