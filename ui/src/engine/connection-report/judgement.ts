// One line of judgement about each connection, as a code with parameters.
//
// Invariant: the worst thing is said, and a fault that most connections have is this person's own.

import type { PeerId } from '../ids';
import type { ConnectionReport } from './report';

export type Judgement =
  | { readonly code: 'unknown' }
  | { readonly code: 'good' }
  /** Good, through a relay. */
  | { readonly code: 'relayed' }
  /** Nothing arrives. */
  | { readonly code: 'silent' }
  | { readonly code: 'loses'; readonly line: FaultyLine; readonly percent: number }
  | { readonly code: 'late'; readonly line: FaultyLine; readonly roundTripMs: number }
  /** The line is too narrow for the size that was asked for. */
  | { readonly code: 'narrow'; readonly line: FaultyLine }
  /** This computer encodes too slowly. */
  | { readonly code: 'processor' };

/** Whose line it is; in a call of two nobody can tell. */
export type FaultyLine = 'own' | 'peer' | 'either';

const MUCH_LOSS = 0.03;
const LATE_MS = 400;

type Fault = 'loses' | 'late' | 'narrow';

export function judge(
  reports: ReadonlyMap<PeerId, ConnectionReport>,
): ReadonlyMap<PeerId, Judgement> {
  const all = [...reports.values()];
  return new Map([...reports].map(([peer, report]) => [peer, judgementOf(report, all)] as const));
}

function judgementOf(report: ConnectionReport, all: readonly ConnectionReport[]): Judgement {
  const { path, roundTripMs, receivedBps } = report;
  if (path === null || receivedBps === null) return { code: 'unknown' };
  if (receivedBps === 0) return { code: 'silent' };
  const loss = lossOf(report);
  if (has('loses', report)) {
    return { code: 'loses', line: lineOf('loses', all), percent: Math.round(loss * 100) };
  }
  if (has('late', report)) {
    return { code: 'late', line: lineOf('late', all), roundTripMs: Math.round(roundTripMs ?? 0) };
  }
  if (report.sent.some(({ limitation }) => limitation === 'processor')) {
    return { code: 'processor' };
  }
  if (has('narrow', report)) return { code: 'narrow', line: lineOf('narrow', all) };
  return { code: path.kind === 'relayed' ? 'relayed' : 'good' };
}

function has(fault: Fault, report: ConnectionReport): boolean {
  switch (fault) {
    case 'loses':
      return lossOf(report) >= MUCH_LOSS;
    case 'late':
      return (report.roundTripMs ?? 0) >= LATE_MS;
    case 'narrow':
      return report.sent.some(({ limitation }) => limitation === 'line');
  }
}

function lossOf({ lossReceived, lossSent }: ConnectionReport): number {
  return Math.max(lossReceived ?? 0, lossSent ?? 0);
}

function lineOf(fault: Fault, all: readonly ConnectionReport[]): FaultyLine {
  if (all.length < 2) return 'either';
  const faulty = all.filter((report) => has(fault, report)).length;
  return faulty * 2 > all.length ? 'own' : 'peer';
}
