// Problems as codes with parameters. The sentences are in `text/en/problems.ts`.
//
// Invariant: a message of the relay or of a system is only the detail of a code.

import type { LinkError } from '../protocol/invite-link';
import type { SettingsWarning, ShellFault } from '../protocol/shell-fault';
import type { ErrorCode, ErrorMessage } from '../protocol/wire';

/** Shown beside the input `field`. */
export interface Problem {
  readonly field: ProblemField;
  readonly reason: ProblemReason;
}

export type ProblemField = 'email' | 'room' | 'passcode' | 'relay' | 'general';

export type ProblemReason =
  | { readonly code: PlainProblem }
  /** An error of the relay, with its code. */
  | { readonly code: 'relay-error'; readonly error: ErrorCode; readonly detail: string }
  | { readonly code: 'shell-error'; readonly fault: ShellFault }
  | { readonly code: 'settings-warning'; readonly warning: SettingsWarning }
  | { readonly code: 'invite-unreadable'; readonly error: LinkError }
  /** The unreadable settings are kept at this place. */
  | { readonly code: 'settings-set-aside'; readonly place: string }
  /** `call-needs-turn`: the own address stays hidden, and there is no TURN server. */
  | { readonly code: 'cannot-call' | 'call-needs-turn'; readonly email: string };

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
  /** A link to a private room, of a later version. */
  | 'invite-private'
  /** The link of a private room has no secret, or another one than its room. */
  | 'private-link-cut'
  /** The page came over a connection that others could change. */
  | 'private-insecure'
  /** With its email the status does not fit into its box. */
  | 'private-email-long'
  /** Those inside the private room did not want this person. */
  | 'turned-away'
  | 'removed'
  /** No letters or digits, or too few. */
  | 'passcode-short'
  /** Those in the room have another one. */
  | 'passcode-wrong'
  /** Too many wrong ones were tried in the room. */
  | 'passcode-wait'
  | 'copy-refused'
  | 'storage-blocked'
  | 'storage-full'
  | 'settings-not-saved'
  /** What is known of the identities of others. */
  | 'people-not-kept';

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
