// Asks the relay's address over plain HTTP who is there, since a browser does not say why a
// WebSocket failed.
//
// Invariant: it always answers, and never later than the link waits for it.

import { isRecord } from '../../engine/json';
import type { Probe } from './link';

const HEALTH_PATH = '/healthz';
const SERVICE = 'snug-signal-server';
const PATIENCE_MS = 5_000;

export async function probe(): Promise<Probe> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(HEALTH_PATH, { cache: 'no-store', signal });
    // What stands before a relay says so in its own words while the relay itself is down.
    if (response.status >= 500) return 'nothing';
    const answer: unknown = await response.json().catch(() => null);
    return isRecord(answer) && answer['service'] === SERVICE ? 'relay' : 'something-else';
  } catch {
    return 'nothing';
  }
}
