// Watches the statistics of all peers and reports weak connections.

import { useEffect, useState } from 'react';

import type { PeerId } from '../../engine/state';
import { useApp } from '../app-context';
import { judge, UNKNOWN_QUALITY, type ConnectionQuality } from './connection-quality';
import type { Participant } from './participants';

const EVERY_MS = 2000;
const NONE: ReadonlySet<PeerId> = new Set();

export function useWeakPeers(participants: readonly Participant[]): ReadonlySet<PeerId> {
  const app = useApp();
  const [weak, setWeak] = useState<ReadonlySet<PeerId>>(NONE);
  const connected = participants
    .filter(({ phase }) => phase === 'connected')
    .map(({ peer }) => peer)
    .join(' ');

  useEffect(() => {
    const peers = connected === '' ? [] : connected.split(' ');
    const qualities = new Map<PeerId, ConnectionQuality>();
    async function read() {
      for (const peer of peers) {
        const reading = await app.statistics(peer).catch(() => null);
        qualities.set(peer, judge(qualities.get(peer) ?? UNKNOWN_QUALITY, reading, EVERY_MS));
      }
      setWeak((before) => {
        const now = peers.filter((peer) => qualities.get(peer)?.weak === true);
        return now.join(' ') === [...before].join(' ') ? before : new Set(now);
      });
    }
    const timer = window.setInterval(() => void read(), EVERY_MS);
    return () => {
      window.clearInterval(timer);
      setWeak(NONE);
    };
  }, [app, connected]);

  return weak;
}
