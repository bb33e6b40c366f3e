// Probes the relay over HTTP after a failed WebSocket, which gives no reason.
//
// Invariant: it always answers, and before the timeout of the signaling connection.

import { isRecord } from '../../engine/json';
import type { Probe } from './signaling-connection';

const HEALTH_PATH = '/healthz';
const SERVICE = 'snug-signal-server';
const PROBE_TIMEOUT_MS = 5_000;

export async function probe(): Promise<Probe> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const response = await fetch(HEALTH_PATH, { cache: 'no-store', signal });
    // A reverse proxy answers with its own page while the relay is down.
    if (response.status >= 500) return 'nothing';
    const answer: unknown = await response.json().catch(() => null);
    return isRecord(answer) && answer['service'] === SERVICE ? 'relay' : 'something-else';
  } catch {
    return 'nothing';
  }
}
