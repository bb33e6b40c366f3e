// What a person does with hands.

import type { MemberId } from '../../protocol/wire';

export type HandPersonEvent =
  | { readonly type: 'hand-toggled' }
  /** Asks a member to lower their hand; the member decides. */
  | { readonly type: 'lower-hand-asked'; readonly member: MemberId };

/** After it, the member's hands or its requests are announced again. */
export interface HandTimer {
  readonly kind: 'hand-quiet' | 'hand-request-quiet';
  readonly member: MemberId;
}
