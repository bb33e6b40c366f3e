// Errors of the relay in English.

import type { ErrorCode } from '../../protocol/wire';

/** The relay's own words serve for what only a faulty client causes. */
export function relayText(error: ErrorCode, detail: string): string {
  return RELAY_ERRORS[error] ?? (detail || 'The relay refused this.');
}

const RELAY_ERRORS: Readonly<Partial<Record<ErrorCode, string>>> = {
  'room-full': 'This room is full. Try again when somebody has left, or join another room.',
  'bad-room': 'A room number is 1 to 128 letters, digits, dots, dashes or underscores.',
  'bad-email': 'Enter an email of at most 512 characters.',
  'wrong-passcode': 'This room is private. Ask somebody who is in it for the invite link.',
  'server-full': 'The relay is full. Try again in a few minutes.',
  'shutting-down': 'The relay is about to stop. Try again in a minute.',
  'rate-limited': 'That was too often. Wait a minute, then join again.',
};
