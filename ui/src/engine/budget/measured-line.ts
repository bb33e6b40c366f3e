// What is known of this line from the call itself.
//
// Invariant: what was only assumed is not told. A line that has never been full carries at least
// what went through it; what more it carries is unknown.

import type { SentStatistics } from '../connection-report/statistics';
import type { State } from '../state';

const MEDIUM_FRAME_PIXELS = 640 * 360;

export type MeasuredLine =
  /** It has been full with about this much. */
  | { readonly kind: 'limit'; readonly bps: number; readonly encodeMs: number | null }
  | { readonly kind: 'at-least'; readonly bps: number; readonly encodeMs: number | null };

/** Null before anything is measured. */
export function measuredLine({ budget, statistics }: State): MeasuredLine | null {
  const measured = budget.peers.flatMap((peer) => (peer.measured === null ? [] : [peer.measured]));
  if (measured.length === 0) return null;
  const times = budget.peers.flatMap(({ id, measured: last }) => {
    const camera = statistics[id]?.at(-1)?.sent.find(({ slot }) => slot === 'camera');
    return last?.encodeMs == null ? [] : mediumFrameMs(last.encodeMs, camera ?? null);
  });
  const encodeMs = times.length === 0 ? null : Math.max(...times);
  if (budget.line.fellAt !== null) return { kind: 'limit', bps: budget.line.bps, encodeMs };
  const sent = measured.reduce((sum, { sentBps }) => sum + sentBps, 0);
  // Each connection estimates alone; their sum would count the line several times.
  const available = Object.values(statistics).map(
    (history) => history.at(-1)?.availableOutgoingBps ?? 0,
  );
  return { kind: 'at-least', bps: Math.max(sent, ...available), encodeMs };
}

/** The time for one frame of 360 lines, from that of a frame of the size that is sent. */
function mediumFrameMs(
  encodeMs: number,
  camera: Pick<SentStatistics, 'width' | 'height'> | null,
): readonly number[] {
  const { width, height } = camera ?? {};
  if (width == null || height == null || width * height === 0) return [];
  return [(encodeMs * MEDIUM_FRAME_PIXELS) / (width * height)];
}
