// Events of the `talk` channels, and what peers say there for other slices.

import type { Demand } from '../budget/state';
import type { PeerId } from '../ids';

export type TalkEvent =
  /** The channel of a connection is open, in both directions. */
  | { readonly type: 'talk-opened'; readonly peer: PeerId; readonly at: number }
  /** `text` is null for what is no text. */
  | {
      readonly type: 'talk-message';
      readonly peer: PeerId;
      readonly at: number;
      readonly text: string | null;
    };

export type TalkFact =
  | { readonly type: 'talk-ready'; readonly peer: PeerId }
  | { readonly type: 'peer-demand'; readonly peer: PeerId; readonly demand: Demand };
