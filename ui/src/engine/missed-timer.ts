// Timeout of a ringing call.

import type { MemberId } from '../protocol/wire';

/** Longer than the caller's timeout, which normally ends the call at both ends. */
export const MISSED_TIMEOUT_MS = 50_000;

const MISSED = 'missed:';

export function missedTimer(from: MemberId): string {
  return `${MISSED}${from}`;
}

export function readMissedTimer(name: string): MemberId | null {
  return name.startsWith(MISSED) ? name.slice(MISSED.length) : null;
}
