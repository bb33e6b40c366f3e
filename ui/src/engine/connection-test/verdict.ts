// What the findings mean for calls, as a code.
//
// Invariant: a verdict claims no more than the findings show. Whether two people reach each other
// directly depends on both networks, and a test sees one.

import type { Findings } from './findings';

export type Verdict =
  /** No verdict yet. */
  | 'testing'
  | 'relay-unreachable'
  /** UDP gets out, and the TURN server relays where that is not enough. */
  | 'direct-or-relayed'
  /** UDP gets out; where the other network blocks it, there is no other way. */
  | 'direct-only'
  /** UDP does not get out; the TURN server relays. */
  | 'relayed-only'
  /** Neither. */
  | 'blocked'
  /** The relay offers nothing to test with: people in the same network reach each other. */
  | 'local-only'
  /** The page may use no network at all. */
  | 'no-addresses';

export function verdictOf({ relay, offered, gathered, relayed }: Findings): Verdict {
  if (relay.kind === 'unreachable') return 'relay-unreachable';
  if (offered === null || gathered === null || relayed === null) return 'testing';
  if (!gathered.host && !gathered.reflexive && gathered.relay.length === 0) return 'no-addresses';
  const relays = relayed.kind === 'passed';
  // An address outside that equals one of the computer is told as no second address.
  const udpOut =
    gathered.reflexive ||
    (relays && gathered.relay.includes('udp')) ||
    (offered.stun && !gathered.udpUnanswered);
  if (udpOut) return relays ? 'direct-or-relayed' : offered.stun ? 'direct-only' : 'local-only';
  if (relays) return 'relayed-only';
  return offered.stun || offered.turn ? 'blocked' : 'local-only';
}
