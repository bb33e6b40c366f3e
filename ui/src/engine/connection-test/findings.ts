// What a test of the connection finds, step by step.
//
// Invariant: a finding is what was seen. What a test cannot see, such as the networks of others, has
// no field.

import type { ProblemReason } from '../problem';
import type { IceServerConfig } from '../state';

/** While it runs: what is known so far. `gathered` and `relayed` are null until then. */
export interface Findings {
  readonly relay: RelayFinding;
  readonly offered: Offered | null;
  readonly gathered: Gathered | null;
  readonly relayed: RelayedFinding | null;
}

export type RelayFinding =
  | { readonly kind: 'asked' }
  /** It answered a join after so long. */
  | { readonly kind: 'reached'; readonly afterMs: number }
  | { readonly kind: 'unreachable'; readonly reason: ProblemReason };

/** What the relay offers for finding a path. */
export interface Offered {
  readonly stun: boolean;
  readonly turn: boolean;
}

/** The addresses that this computer found for itself (RFC 8445, 5.1.1). */
export interface Gathered {
  readonly host: boolean;
  /** By STUN: how the computer is seen from outside. */
  readonly reflexive: boolean;
  /** Of the TURN server, by the protocols to it. */
  readonly relay: readonly RelayProtocol[];
  /** Servers were asked by UDP, and none of their answers is seen. */
  readonly udpUnanswered: boolean;
}

export type RelayProtocol = 'udp' | 'tcp' | 'tls';

/** A connection of this page with itself, through the TURN server. */
export type RelayedFinding =
  | { readonly kind: 'none-offered' }
  | { readonly kind: 'failed' }
  /** `full`: as much as the test sends at most arrived. */
  | {
      readonly kind: 'passed';
      readonly bps: number;
      readonly roundTripMs: number | null;
      readonly full: boolean;
    };

export const NOTHING_FOUND: Findings = {
  relay: { kind: 'asked' },
  offered: null,
  gathered: null,
  relayed: null,
};

export function offeredBy(servers: readonly IceServerConfig[]): Offered {
  const urls = servers.flatMap((server) => server.urls);
  return { stun: urls.some(asksByUdp), turn: urls.some((url) => /^turns?:/iu.test(url)) };
}

/** A TURN server answers the requests of STUN too. */
export function asksByUdp(url: string): boolean {
  return /^(stun|turn):/iu.test(url) && !/[?&]transport=tcp/iu.test(url);
}
