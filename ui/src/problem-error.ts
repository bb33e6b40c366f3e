// An error with a code for people, as the ports reject.

import type { ProblemReason } from './engine/problem';

export class ProblemError extends Error {
  constructor(
    readonly reason: ProblemReason,
    options?: ErrorOptions,
  ) {
    super(reason.code, options);
  }
}
