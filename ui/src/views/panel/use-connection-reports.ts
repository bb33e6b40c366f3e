// The report of each connection of the call, from the statistics in the state.

import { reportOf, type ConnectionReport } from '../../engine/connection-report/report';
import type { PeerId } from '../../engine/state';
import { useApp } from '../app-context';
import { useSelected } from '../use-store';

export function useConnectionReports(
  peers: readonly PeerId[],
): ReadonlyMap<PeerId, ConnectionReport> {
  const statistics = useSelected(useApp().engine, (state) => state.statistics);
  return new Map(
    peers.flatMap((peer) => {
      const report = reportOf(statistics[peer] ?? []);
      return report === null ? [] : [[peer, report] as const];
    }),
  );
}
