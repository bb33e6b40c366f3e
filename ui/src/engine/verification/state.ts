// State of the verification code of the call.
//
// Invariant: the own nonce of an attempt is new, and is shown only once the commits of all others
// are in. So nobody chooses a nonce who knows another one of the same code.

import type { CallId, SessionId } from '../ids';

export interface VerificationSlice {
  readonly verification: VerificationState;
}

export interface VerificationState {
  /** Random for each load of the page; nonces are made from it. */
  readonly secret: string;
  /** How many nonces were made. */
  readonly drawn: number;
  readonly stage: Stage;
}

export type Stage =
  /** No call with others, or keys prove nobody here. */
  | { readonly kind: 'off' }
  /** Somebody in the call has no proven session. */
  | { readonly kind: 'unable' }
  /** The people have just changed, or an attempt was in vain: the next one begins in a moment. */
  | Settling
  | Round;

export interface Settling extends People {
  readonly kind: 'settling';
  /** The number of the next attempt. */
  readonly attempt: number;
}

export interface People {
  readonly call: CallId;
  /** Of everybody in the call, this person too; sorted. */
  readonly sessions: readonly SessionId[];
}

export interface Round extends People {
  readonly kind: 'round';
  /** What all with the same view of the call derive, and name in their messages. */
  readonly id: string;
  readonly attempt: number;
  readonly ownSession: SessionId;
  readonly own: { readonly nonce: string; readonly commit: string };
  /** What others have shown. */
  readonly commits: Readonly<Record<SessionId, string>>;
  readonly nonces: Readonly<Record<SessionId, string>>;
  readonly progress: Progress;
}

export type Progress =
  | { readonly kind: 'committing' }
  | { readonly kind: 'revealing' }
  | {
      readonly kind: 'made';
      readonly code: readonly number[];
      readonly answer: 'none' | 'same' | 'different';
    }
  /** There is no code: what this session has shown does not fit together. */
  | { readonly kind: 'broken'; readonly by: SessionId; readonly fault: Fault };

export type Fault = 'nonce' | 'identity';

export function noVerification(secret: string): VerificationState {
  return { secret, drawn: 0, stage: { kind: 'off' } };
}
