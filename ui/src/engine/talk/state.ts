// State of the talk between members: the open channels, and how each member is read.

import type { PeerId } from '../ids';
import type { MemberId } from '../../protocol/wire';
import type { Quota } from './quota';

export interface TalkSlice {
  /** The peers whose `talk` channel is open. */
  readonly talk: readonly PeerId[];
  /** Everybody who has said something, by its channel or by the relay. */
  readonly hearing: Readonly<Record<MemberId, Hearing>>;
}

export interface Hearing {
  /** One for both ways. */
  readonly quota: Quota;
  /** `muted`: the member sent too much or nonsense; nothing of it is read until it connects again. */
  readonly reading: 'open' | 'muted';
}
