// A connection report as lines of text, for "Copy details": the field's own words and units, the
// same in every language, to be pasted into a message to the host of the relay.
//
// Invariant: no address, no email, no text of a peer but the name that is passed in.

import type { Judgement } from './judgement';
import type { ConnectionReport, ReportedSlot } from './report';

export function detailLines(
  name: string,
  report: ConnectionReport,
  judgement: Judgement,
): readonly string[] {
  const { path, roundTripMs, lossReceived, lossSent, availableBps } = report;
  return [
    `${name}: ${judgementText(judgement)}`,
    line('path', pathText(path)),
    line('round trip', roundTripMs === null ? null : `${Math.round(roundTripMs)} ms`),
    line('loss received', percent(lossReceived)),
    line('loss sent', percent(lossSent)),
    line('sent', bitrate(report.sentBps)),
    line('received', bitrate(report.receivedBps)),
    line('available', bitrate(availableBps)),
    ...report.sent.map((slot) => line(`sent ${slot.slot}`, slotText(slot))),
    ...report.received.map((slot) => line(`received ${slot.slot}`, slotText(slot))),
  ];
}

function judgementText(judgement: Judgement): string {
  const { code, ...parameters } = judgement;
  return [code, ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`)].join(' ');
}

function pathText(path: ConnectionReport['path']): string | null {
  if (path === null) return null;
  const protocol = path.protocol ?? 'unknown protocol';
  switch (path.kind) {
    case 'direct':
      return `direct, ${protocol}`;
    case 'relayed':
      return `relayed by ${path.by}, ${protocol}`;
  }
}

function slotText({ bps, width, height, framesPerSecond, limitation }: ReportedSlot): string {
  const size = width === null || height === null ? null : `${width}x${height}`;
  const rate = framesPerSecond === null ? null : `${Math.round(framesPerSecond)} fps`;
  const limited = limitation === null || limitation === 'none' ? null : `limited by ${limitation}`;
  return [size, rate, bitrate(bps), limited].filter((part) => part !== null).join(', ');
}

function bitrate(bps: number | null): string | null {
  return bps === null ? null : `${Math.round(bps / 1000)} kbit/s`;
}

function percent(share: number | null): string | null {
  return share === null ? null : `${(share * 100).toFixed(1)} %`;
}

function line(label: string, value: string | null): string {
  return `  ${label}: ${value === null || value === '' ? 'unknown' : value}`;
}
