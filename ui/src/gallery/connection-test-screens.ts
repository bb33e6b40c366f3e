// The test of the connection: running, and with each kind of result.

import {
  NOTHING_FOUND,
  type Findings,
  type Gathered,
  type RelayedFinding,
} from '../engine/connection-test/findings';
import type { GalleryScreen } from './gallery-screen';

const REACHED = { kind: 'reached', afterMs: 34 } as const;
const BOTH = { stun: true, turn: true };
const HOST: Gathered = { host: true, reflexive: false, relay: [], udpUnanswered: false };
const FAST: RelayedFinding = { kind: 'passed', bps: 3_900_000, roundTripMs: 41, full: true };
const SLOW: RelayedFinding = { kind: 'passed', bps: 610_000, roundTripMs: 230, full: false };

export const CONNECTION_TEST_SCREENS: Readonly<Record<string, GalleryScreen>> = {
  'test-running': showing({ ...NOTHING_FOUND, relay: REACHED, offered: BOTH }),
  'test-good': result({ ...HOST, reflexive: true, relay: ['udp', 'tcp'] }, FAST),
  'test-relayed': result({ ...HOST, relay: ['tcp'], udpUnanswered: true }, SLOW),
  'test-blocked': result({ ...HOST, udpUnanswered: true }, { kind: 'failed' }),
  'test-local': result(HOST, { kind: 'none-offered' }, { stun: false, turn: false }),
  'test-unreachable': showing({
    ...NOTHING_FOUND,
    relay: { kind: 'unreachable', reason: { code: 'relay-silent' } },
  }),
};

function result(gathered: Gathered, relayed: RelayedFinding, offered = BOTH): GalleryScreen {
  return showing({ relay: REACHED, offered, gathered, relayed });
}

function showing(findings: Findings): GalleryScreen {
  return { state: {}, dialog: 'connection-test', findings };
}
