// A test of the connection: joins a throw-away room for the relay's ICE servers, tests the paths
// with them, and leaves.
//
// Invariant: the place in the room is held until the paths are tested, as the TURN credentials are
// its own. It is left at every end, and a stopped test tells nothing more.

import { NOTHING_FOUND, offeredBy, type Findings } from '../engine/connection-test/findings';
import type { ProblemReason } from '../engine/problem';
import type { RelayChoice } from '../engine/state';
import { readIceServer } from '../engine/room/ice-servers';
import type { ConnectionTestPort } from '../ports';
import type { IceServer } from '../protocol/wire';
import type { LentSignaling } from './lent-signaling';

interface Means {
  readonly signaling: LentSignaling;
  readonly connectionTest: ConnectionTestPort;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
}

interface TestRoom {
  readonly relay: RelayChoice;
  /** Random: nobody else is in it. */
  readonly room: string;
  /** Random: this device is not known by it. */
  readonly secret: string;
}

/** Shown to nobody: no one else is in the room. */
const EMAIL = 'connection test';

export function testConnection(
  { signaling, connectionTest, now }: Means,
  { relay, room, secret }: TestRoom,
  told: (findings: Findings) => void,
): () => void {
  const stopping = new AbortController();
  const begin = now();
  let findings: Findings = NOTHING_FOUND;

  const tell = (change: Partial<Findings>): void => {
    if (stopping.signal.aborted) return;
    findings = { ...findings, ...change };
    told(findings);
  };
  const stop = (): void => {
    stopping.abort();
    loan?.end();
  };
  const fail = (reason: ProblemReason): void => {
    tell({ relay: { kind: 'unreachable', reason } });
    stop();
  };
  const testWith = async (iceServers: readonly IceServer[]): Promise<void> => {
    const servers = iceServers.map(readIceServer);
    tell({ relay: { kind: 'reached', afterMs: now() - begin }, offered: offeredBy(servers) });
    try {
      const testPaths = await connectionTest.load();
      if (stopping.signal.aborted) return;
      await testPaths(servers, stopping.signal, tell);
    } catch {
      // The test's code comes from where the page comes from.
      return fail({ code: 'relay-silent' });
    }
    stop();
  };

  const loan = signaling.borrow(
    (event) => {
      switch (event.type) {
        case 'signaling-connecting':
        case 'signaling-connected':
        case 'signaling-stranger':
        case 'entry-changed':
        case 'entry-own':
        case 'entry-asked':
        case 'entry-ask-over':
        case 'entry-refused':
        case 'entry-others':
        case 'entry-kept':
          return;
        case 'signaling-waiting':
        case 'signaling-failed':
          return fail(event.reason);
        case 'signaling-message': {
          const { message } = event;
          if (message.type === 'room:joined' && findings.relay.kind === 'asked') {
            void testWith(message.iceServers);
          } else if (message.type === 'error' && message.about === 'room:join') {
            const { code: error, message: detail } = message;
            fail({ code: 'relay-error', error, detail });
          }
        }
      }
    },
    () => stopping.abort(),
  );
  tell({});
  loan?.joinAlone({ room, relay, email: EMAIL }, secret);
  return stop;
}
