// Watches the figures of every connection, and tells which are weak.

import { useEffect, useState } from 'react';

import type { LinkId } from '../../engine/state';
import { useApp } from '../app-context';
import { judge, UNKNOWN_QUALITY, type LinkQuality } from './link-quality';
import type { Participant } from './participants';

const EVERY_MS = 2000;
const NONE: ReadonlySet<LinkId> = new Set();

export function useWeakLinks(participants: readonly Participant[]): ReadonlySet<LinkId> {
  const app = useApp();
  const [weak, setWeak] = useState<ReadonlySet<LinkId>>(NONE);
  const connected = participants
    .filter(({ phase }) => phase === 'connected')
    .map(({ link }) => link)
    .join(' ');

  useEffect(() => {
    const links = connected === '' ? [] : connected.split(' ');
    const qualities = new Map<LinkId, LinkQuality>();
    async function read() {
      for (const link of links) {
        const reading = await app.statistics(link).catch(() => null);
        qualities.set(link, judge(qualities.get(link) ?? UNKNOWN_QUALITY, reading, EVERY_MS));
      }
      setWeak((before) => {
        const now = links.filter((link) => qualities.get(link)?.weak === true);
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
