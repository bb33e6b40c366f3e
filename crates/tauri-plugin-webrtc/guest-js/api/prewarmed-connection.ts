// A connection of the transport that is open before the page makes one. To open it and readCapture of its
// certificate takes the way to the transport and back, over a main thread that is busiest in just
// the moment in which a call begins.
//
// Invariant: there is one at most, and it is taken once; what its bridge has lost is not taken.

import type { Fingerprint } from '../bridge/wire.ts';
import { wireConfiguration, readConfiguration } from './configuration.ts';
import { nextConnectionId, ports } from './environment.ts';

export interface OpenedConnection {
  readonly id: number;
  /** Of its certificate. */
  readonly fingerprint: Fingerprint;
}

let spare: OpenedConnection | null = null;
let isOpening = false;

/** Opens one, unless there is one. A bridge that refuses it is asked again by the next call. */
export async function prepareConnection(): Promise<void> {
  if (spare !== null || isOpening) return;
  isOpening = true;
  const id = nextConnectionId();
  const { bridge } = ports();
  let isLost = false;
  const unlisten = bridge.listen(id, {
    happened: () => undefined,
    message: () => undefined,
    lost: () => {
      isLost = true;
      if (spare?.id === id) spare = null;
    },
  });
  try {
    const configuration = wireConfiguration(readConfiguration(undefined));
    const reply = await bridge.request({ type: 'open-connection', connection: id, configuration });
    if (reply.is === 'opened' && !isLost) spare = { id, fingerprint: reply.fingerprint };
    else unlisten();
  } catch {
    unlisten();
  } finally {
    isOpening = false;
  }
}

/** Whoever takes it listens to it, and configures it. */
export function takeConnection(): OpenedConnection | null {
  const taken = spare;
  spare = null;
  return taken;
}
