// Events of identities: what the page has signed, checked and kept, and what a person does.

import type { SessionId } from '../ids';
import type { MemberId } from '../../protocol/wire';
import type { Keeping, Pin, SignedIdentity } from './state';

export type IdentityPersonEvent =
  /** This person is seen for the first time again. */
  { readonly type: 'person-forgotten'; readonly email: string; readonly at: number };

export type IdentityEvent =
  /** Answers `identity-sign`, unless the stay is over. */
  | {
      readonly type: 'identity-signed';
      readonly session: SessionId;
      readonly identity: SignedIdentity;
    }
  /** Answers `identity-check`. */
  | {
      readonly type: 'identity-checked';
      readonly session: SessionId;
      readonly key: string;
      readonly result: 'proven' | 'false';
      /** In milliseconds since 1970. */
      readonly at: number;
    }
  /** What is kept of others, by this page or another one. */
  | {
      readonly type: 'pins-loaded';
      readonly pins: readonly Pin[];
      readonly keeping: Exclude<Keeping, 'loading'>;
      /** In milliseconds since 1970. */
      readonly at: number;
    };

/** After it, a member that has shown no identity counts as one without. */
export interface IdentityTimer {
  readonly kind: 'identity-awaited';
  readonly member: MemberId;
}
