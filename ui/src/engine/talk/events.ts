// Events of the `talk` channels, and what members say for other slices.

import type { PeerId } from '../ids';
import type { MemberId } from '../../protocol/wire';
import type { TalkMessage } from '../wire/talk/talk-message';

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
  /** There is a new channel with this peer. */
  | { readonly type: 'talk-ready'; readonly peer: PeerId; readonly member: MemberId }
  | Heard<TalkMessage>;

/** A member said this, on its channel or by the relay: it makes no difference. */
export interface Heard<Message extends TalkMessage> {
  readonly type: 'talk-heard';
  readonly from: MemberId;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  readonly message: Message;
}
