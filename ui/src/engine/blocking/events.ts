// Events of blocking: what a person does, and what follows for the call.

import type { MemberId } from '../../protocol/wire';

export type BlockingPersonEvent =
  /** For this stay, and where its identity is pinned, for later ones too. */
  | { readonly type: 'person-blocked'; readonly member: MemberId }
  | { readonly type: 'person-unblocked'; readonly member: MemberId };

/** From now on these members do not ring here. */
export interface BlockingFact {
  readonly type: 'members-blocked';
  readonly members: readonly MemberId[];
}
