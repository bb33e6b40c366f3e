// The peers of this call with a weak connection.

import { isWeak } from '../../engine/connection-report/weak';
import type { PeerId } from '../../engine/state';
import { useApp } from '../app-context';
import { useSelected } from '../use-store';
import type { Participant } from './participants';

export function useWeakPeers(participants: readonly Participant[]): ReadonlySet<PeerId> {
  const weak = useSelected(useApp().engine, ({ statistics }) =>
    participants
      .filter(({ peer, phase }) => phase === 'connected' && isWeak(statistics[peer] ?? []))
      .map(({ peer }) => peer),
  );
  return new Set(weak);
}
