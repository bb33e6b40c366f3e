// How long somebody rings here.

import type { MemberId } from '../protocol/wire';

/** A little longer than the caller's, which is to end it for both. */
export const MISSED_MS = 50_000;

const MISSED = 'missed:';

export function missedTimer(from: MemberId): string {
  return `${MISSED}${from}`;
}

export function readMissedTimer(name: string): MemberId | null {
  return name.startsWith(MISSED) ? name.slice(MISSED.length) : null;
}
