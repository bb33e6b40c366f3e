// Events of the verification code.

export interface VerificationPersonEvent {
  readonly type: 'code-compared';
  /** The code that the person has seen (`codeName`). */
  readonly code: string;
  readonly result: 'same' | 'different';
  /** In milliseconds since 1970. */
  readonly at: number;
}

export interface VerificationTimer {
  readonly kind: 'verification-start' | 'verification-repeat';
}
