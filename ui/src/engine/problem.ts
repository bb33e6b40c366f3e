// Problems as codes with parameters. The sentences are in `text/en/problems.ts`.
//
// Invariant: a message of the relay or the shell is only the detail of a code.

import type { ErrorCode, ErrorMessage } from '../protocol/wire';

/** Shown beside the input `field`. */
export interface Problem {
  readonly field: ProblemField;
  readonly reason: ProblemReason;
}

export type ProblemField = 'email' | 'room' | 'relay' | 'general';

export type ProblemReason =
  | { readonly code: PlainProblem }
  /** An error of the relay, with its code. */
  | { readonly code: 'relay-error'; readonly error: ErrorCode; readonly detail: string }
  /** An error of the shell; `error` is its code, where it has one. */
  | { readonly code: 'shell-error'; readonly error: string | null; readonly detail: string }
  | { readonly code: 'invite-unreadable'; readonly detail: string }
  /** The unreadable settings are kept at this place. */
  | { readonly code: 'settings-set-aside'; readonly place: string }
  | { readonly code: 'cannot-call'; readonly email: string };

export type PlainProblem =
  /** The signaling connection was lost and is retried. */
  | 'relay-lost'
  | 'relay-silent'
  | 'relay-gone'
  | 'relay-refuses-sockets'
  | 'relay-refuses-page'
  | 'relay-overloaded'
  /** The membership continues in another tab. */
  | 'opened-elsewhere'
  | 'shell-silent'
  | 'invite-private'
  | 'copy-refused'
  | 'storage-blocked'
  | 'storage-full'
  | 'settings-not-saved';

export function joinProblem({ code: error, message: detail }: ErrorMessage): Problem {
  return { field: JOIN_FIELDS[error], reason: { code: 'relay-error', error, detail } };
}

const JOIN_FIELDS: Readonly<Record<ErrorCode, ProblemField>> = {
  'room-full': 'room',
  'bad-room': 'room',
  'bad-email': 'email',
  'wrong-passcode': 'room',
  'server-full': 'relay',
  'shutting-down': 'relay',
  'rate-limited': 'relay',
  'bad-message': 'general',
  'unknown-type': 'general',
  'not-joined': 'general',
  'already-joined': 'general',
  'no-such-user': 'general',
  'too-large': 'general',
};
