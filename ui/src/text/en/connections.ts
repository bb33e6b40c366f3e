// The connection details of a call, in words and figures.
//
// Invariant: a figure that the engine does not tell has no row.

import type { FaultyLine, Judgement } from '../../engine/connection-report/judgement';
import type {
  ConnectionReport,
  ReportedPath,
  ReportedSlot,
} from '../../engine/connection-report/report';
import type { StatisticsSlot } from '../../engine/connection-report/statistics';
import { isolate } from '../../engine/sentence';
import { possessive } from './words';

export interface Row {
  readonly label: string;
  readonly value: string;
}

export const connections = {
  list: 'Connections',
  nobody: 'Nobody else is in the call.',
  judgement,
  rows,
  copy: {
    button: 'Copy details',
    about: 'As text, without addresses and emails.',
    copied: 'Copied. Paste it into a message.',
    refused: 'Copying was not allowed.',
  },
} as const;

function judgement(name: string, found: Judgement): string {
  switch (found.code) {
    case 'unknown':
      return 'Measuring…';
    case 'good':
      return 'The connection is good.';
    case 'relayed':
      return 'The connection is good. It goes through a relay.';
    case 'silent':
      return `Nothing arrives from ${isolate(name)}.`;
    case 'loses':
      return `${lineName(name, found.line)} loses ${found.percent} %.`;
    case 'late':
      return `${lineName(name, found.line)} is slow: a round trip takes ${found.roundTripMs} ms.`;
    case 'narrow':
      return `${lineName(name, found.line)} is too narrow for a larger picture.`;
    case 'processor':
      return 'This computer is too busy to send a larger picture.';
  }
}

function lineName(name: string, line: FaultyLine): string {
  switch (line) {
    case 'own':
      return 'Your line';
    case 'peer':
      return `${possessive(name)} line`;
    case 'either':
      return `The line to ${isolate(name)}`;
  }
}

function rows(report: ConnectionReport): readonly Row[] {
  const all: readonly (readonly [string, string | null])[] = [
    ['Path', pathOf(report.path)],
    ['Round trip', report.roundTripMs === null ? null : `${Math.round(report.roundTripMs)} ms`],
    ['Lost on the way here', percent(report.lossReceived)],
    ['Lost on the way there', percent(report.lossSent)],
    ...report.received.map((slot) => [`${SLOT[slot.slot]} received`, slotText(slot)] as const),
    ...report.sent.map((slot) => [`${SLOT[slot.slot]} sent`, slotText(slot)] as const),
    ['The line carries', bitrate(report.availableBps)],
  ];
  return all.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}

const SLOT: Readonly<Record<StatisticsSlot, string>> = {
  microphone: 'Sound',
  camera: 'Picture',
  screen: 'Screen',
  screenAudio: 'Sound of the screen',
};

function pathOf(path: ReportedPath | null): string | null {
  if (path === null) return null;
  const by = path.protocol === null ? '' : ` over ${path.protocol.toUpperCase()}`;
  switch (path.kind) {
    case 'direct':
      return `Direct${by}`;
    case 'relayed':
      return `Relayed${by}`;
  }
}

const LIMITED = { processor: 'busy computer', line: 'narrow line', other: 'limited' } as const;

function slotText({
  bps,
  width,
  height,
  framesPerSecond,
  limitation,
}: ReportedSlot): string | null {
  const size = width === null || height === null ? null : `${width}×${height}`;
  const frames = framesPerSecond === null ? null : `${Math.round(framesPerSecond)}/s`;
  const limited = limitation === null || limitation === 'none' ? null : LIMITED[limitation];
  const parts = [size, frames, bitrate(bps), limited].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' · ');
}

function bitrate(bps: number | null): string | null {
  if (bps === null) return null;
  return bps < 1_000_000
    ? `${Math.round(bps / 1000)}\u00a0kbit/s`
    : `${(bps / 1e6).toFixed(1)}\u00a0Mbit/s`;
}

function percent(share: number | null): string | null {
  return share === null ? null : `${(share * 100).toFixed(1)} %`;
}
