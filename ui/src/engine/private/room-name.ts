// The fragment of a link to a room with a passcode: its version, and the room's name.
//
// Invariant: it holds no secret, and the relay is not told it either.

import { utf8ToBytes } from '@noble/hashes/utils.js';

import { readBase64url, readText, writeBase64url } from './bytes';

const VERSION = '2.';

/** Without `#`. */
export function writeRoomName(name: string): string {
  return VERSION + writeBase64url(utf8ToBytes(name));
}

/** Null if it is cut, or of another version. */
export function readRoomName(fragment: string): string | null {
  if (!fragment.startsWith(VERSION)) return null;
  const bytes = readBase64url(fragment.slice(VERSION.length));
  const name = bytes === null ? null : readText(bytes);
  return name === null || !/^[A-Za-z0-9_.-]{1,128}$/u.test(name) ? null : name;
}

/** Whether a link leads to a room with a passcode. */
export function needsPasscode(fragment: string): boolean {
  return fragment.startsWith(VERSION);
}
