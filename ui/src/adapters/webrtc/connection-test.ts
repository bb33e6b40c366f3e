// Tests which paths this computer has: the candidates that it gathers, and a connection of the page
// with itself through the TURN server.
//
// Invariant: at most two connections at a time, all closed at the end, and the test sends no more
// than its limit. It always ends.

import { offeredBy, type RelayedFinding } from '../../engine/connection-test/findings';
import type { TestPaths } from '../../ports';
import { gather } from './connection-test/gathering';
import { relayedTransfer } from './connection-test/relayed-transfer';

export const testPaths: TestPaths = async (servers, signal, told) => {
  const gathered = await gather(servers, signal);
  if (signal.aborted) return;
  told({ gathered });
  if (!offeredBy(servers).turn) return told({ relayed: { kind: 'none-offered' } });
  // Without an address of the TURN server, nothing can be relayed.
  const relayed: RelayedFinding =
    gathered.relay.length === 0 ? { kind: 'failed' } : await relayedTransfer(servers, signal);
  if (!signal.aborted) told({ relayed });
};
