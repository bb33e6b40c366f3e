// Reads the statistics of every peer each second while the panel is open.
//
// Invariant: one reading at a time; a peer that has gone is forgotten.

import { useEffect, useState } from 'react';

import {
  reportOf,
  withStatistics,
  type ConnectionReport,
  type StatisticsHistory,
} from '../../engine/connection-report/report';
import type { PeerId } from '../../engine/state';
import { useApp } from '../app-context';

const EVERY_MS = 1000;
const NONE: ReadonlyMap<PeerId, ConnectionReport> = new Map();

export function useConnectionReports(
  peers: readonly PeerId[],
): ReadonlyMap<PeerId, ConnectionReport> {
  const app = useApp();
  const [reports, setReports] = useState(NONE);
  const wanted = peers.join(' ');

  useEffect(() => {
    const read = wanted === '' ? [] : wanted.split(' ');
    const histories = new Map<PeerId, StatisticsHistory>();
    let timer: number | undefined;
    let open = true;

    async function readAll() {
      for (const peer of read) {
        const now = await app.statistics(peer).catch(() => null);
        if (now !== null) histories.set(peer, withStatistics(histories.get(peer) ?? [], now));
      }
      if (!open) return;
      const all = [...histories].flatMap(([peer, history]) => {
        const report = reportOf(history);
        return report === null ? [] : [[peer, report] as const];
      });
      setReports(new Map(all));
      timer = window.setTimeout(() => void readAll(), EVERY_MS);
    }

    void readAll();
    return () => {
      open = false;
      window.clearTimeout(timer);
    };
  }, [app, wanted]);

  return reports;
}
