// A transport connection that is opened before the page constructs an RTCPeerConnection. Opening it
// and reading its fingerprint takes a round trip over the main thread, which is busiest when a call
// starts.
//
// Invariant: there is at most one, it is taken once, and never after its bridge was lost.

import type { Fingerprint } from '../bridge/wire.ts';
import { wireConfiguration, readConfiguration } from './configuration.ts';
import { nextConnectionId, ports } from './environment.ts';

export interface PrewarmedConnection {
  readonly id: number;
  /** Fingerprint of its certificate. */
  readonly fingerprint: Fingerprint;
}

let prewarmed: PrewarmedConnection | null = null;
let isOpening = false;

/** Opens one unless there is one. After a failure the next call tries again. */
export async function prepareConnection(): Promise<void> {
  if (prewarmed !== null || isOpening) return;
  isOpening = true;
  const id = nextConnectionId();
  const { bridge } = ports();
  let isLost = false;
  const unlisten = bridge.listen(id, {
    handleEvent: () => undefined,
    message: () => undefined,
    lost: () => {
      isLost = true;
      if (prewarmed?.id === id) prewarmed = null;
    },
  });
  try {
    const configuration = wireConfiguration(readConfiguration(undefined));
    const reply = await bridge.request({ type: 'open-connection', connection: id, configuration });
    if (reply.is === 'opened' && !isLost) prewarmed = { id, fingerprint: reply.fingerprint };
    else unlisten();
  } catch {
    unlisten();
  } finally {
    isOpening = false;
  }
}

/** The caller adds its listener and sends its configuration. */
export function takeConnection(): PrewarmedConnection | null {
  const taken = prewarmed;
  prewarmed = null;
  return taken;
}
