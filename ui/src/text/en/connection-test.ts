// The test of the connection: its steps, its verdict, and what to do.
//
// Invariant: what the test cannot see is said, not guessed.

import type { Capacity } from '../../engine/budget/capacity';
import type { Findings } from '../../engine/connection-test/findings';
import type { Verdict } from '../../engine/connection-test/verdict';
import { capacityText } from './data-use';
import { problemText } from './problems';

export interface TestStep {
  readonly state: 'waiting' | 'running' | 'good' | 'bad' | 'unknown';
  readonly words: string;
}

export interface VerdictText {
  readonly title: string;
  readonly advice: string;
}

export const connectionTest = {
  steps: 'Steps',
  testing: 'Testing… It takes up to half a minute.',
  again: 'Test again',
  limits:
    'The test sees your side only: the network of the others counts as much. It measures the way ' +
    'to the relay and back, up and down at once, with at most 4 Mbit/s.',
  unmeasured:
    'How many people this connection carries is known only once it is measured in a call.',
  stepsOf,
  verdict,
  capacity: (capacity: Capacity, full: boolean): string =>
    capacityText(capacity, full ? 'at-least' : 'limit'),
} as const;

function stepsOf(findings: Findings): readonly TestStep[] {
  return [relayStep(findings), directStep(findings), relayedStep(findings)];
}

function relayStep({ relay }: Findings): TestStep {
  switch (relay.kind) {
    case 'asked':
      return { state: 'running', words: 'Asking the relay…' };
    case 'reached':
      return { state: 'good', words: `The relay answers after ${Math.round(relay.afterMs)} ms.` };
    case 'unreachable':
      return { state: 'bad', words: problemText(relay.reason) };
  }
}

function directStep({ relay, offered, gathered }: Findings): TestStep {
  if (relay.kind === 'unreachable') return { state: 'unknown', words: 'Direct way: not tested.' };
  if (offered === null) return { state: 'waiting', words: 'Direct way' };
  if (gathered === null) return { state: 'running', words: 'Looking for a direct way…' };
  if (!gathered.host && !gathered.reflexive) {
    return { state: 'bad', words: 'The browser gives the page no network address.' };
  }
  if (gathered.reflexive || gathered.relay.includes('udp')) {
    return { state: 'good', words: 'UDP gets out of this network.' };
  }
  if (!offered.stun) {
    return { state: 'unknown', words: 'Direct way: this relay offers no server to test it with.' };
  }
  return gathered.udpUnanswered
    ? { state: 'bad', words: 'No answer came by UDP, which direct calls need.' }
    : { state: 'good', words: 'This computer has a direct way out.' };
}

function relayedStep({ relay, gathered, relayed }: Findings): TestStep {
  if (relay.kind === 'unreachable') return { state: 'unknown', words: 'Relayed way: not tested.' };
  if (gathered === null) return { state: 'waiting', words: 'Relayed way' };
  if (relayed === null) return { state: 'running', words: 'Calling through the relay for 3 s…' };
  switch (relayed.kind) {
    case 'none-offered':
      return { state: 'unknown', words: 'Relayed way: this relay has no TURN server.' };
    case 'failed':
      return { state: 'bad', words: 'A call through the TURN server did not connect.' };
    case 'passed': {
      const rate = `${(relayed.bps / 1e6).toFixed(1)} Mbit/s`;
      const trip =
        relayed.roundTripMs === null ? '' : `, ${Math.round(relayed.roundTripMs)} ms round trip`;
      return { state: 'good', words: `A call through the TURN server works: ${rate}${trip}.` };
    }
  }
}

function verdict(code: Exclude<Verdict, 'testing'>): VerdictText {
  switch (code) {
    case 'relay-unreachable':
      return {
        title: 'The relay is out of reach',
        advice: 'Without it no call begins. Check the address and your network, then test again.',
      };
    case 'direct-or-relayed':
      return {
        title: 'Calls work from here',
        advice:
          'They go directly where the other network allows it, and through the relay where not.',
      };
    case 'direct-only':
      return {
        title: 'Direct calls work from here',
        advice:
          'Where the other network blocks them, the call fails: the relay relays nothing. The ' +
          'person who runs it can change that with --turn.',
      };
    case 'relayed-only':
      return {
        title: 'Calls work through the relay only',
        advice:
          'This network blocks UDP, so each call takes the way through the relay. Calls may be ' +
          'later and smaller. Another network, or a firewall that lets UDP out, is better.',
      };
    case 'blocked':
      return {
        title: 'Calls do not get out',
        advice:
          'Either this network blocks them, or the STUN and TURN servers of the relay do not ' +
          'answer. Try another network, or switch a VPN off. If that changes nothing, tell the ' +
          'person who runs the relay: “signal-server doctor” finds the cause, and --turn-tls ' +
          'passes most firewalls.',
      };
    case 'local-only':
      return {
        title: 'The relay answers',
        advice:
          'It offers no STUN and no TURN server. People in the same network reach each other. ' +
          'Whether others do cannot be tested; the person who runs the relay can add --turn.',
      };
    case 'no-addresses':
      return {
        title: 'The page may not use the network',
        advice:
          'A setting or an extension of the browser turns WebRTC off. Allow it for this page, or ' +
          'use another browser or the app.',
      };
  }
}
