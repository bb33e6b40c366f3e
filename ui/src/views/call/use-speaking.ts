// Listens to what everybody sends, and tells who speaks.

import { useEffect, useState } from 'react';

import type { LinkId } from '../../engine/state';
import { useApp } from '../app-context';
import { probeLevel, type LevelProbe } from '../parts/audio-level';
import type { Participant } from './participants';
import { NOBODY_SPEAKS, speaking } from './speaking';

const EVERY_MS = 150;

export function useSpeaking(participants: readonly Participant[]): LinkId | null {
  const app = useApp();
  const [who, setWho] = useState<LinkId | null>(null);
  const heard = participants
    .filter(({ phase, microphone }) => phase === 'connected' && microphone === 'on')
    .map(({ link }) => link)
    .join(' ');

  useEffect(() => {
    // With one other person there is nothing to tell apart.
    const links = heard === '' ? [] : heard.split(' ');
    if (links.length < 2) return;
    const probes = new Map<LinkId, { stream: MediaStream; probe: LevelProbe }>();
    let now = NOBODY_SPEAKS;

    function level(link: LinkId): number {
      const stream = app.remote(link).get();
      const known = probes.get(link);
      if (known !== undefined && known.stream === stream) return known.probe.read();
      known?.probe.close();
      probes.delete(link);
      // A probe holds on to one track, so it is made when there is one.
      if (stream === null || stream.getAudioTracks().length === 0) return 0;
      const probe = probeLevel(stream);
      probes.set(link, { stream, probe });
      return probe.read();
    }

    const timer = window.setInterval(() => {
      now = speaking(
        now,
        links.map((link) => [link, level(link)] as const),
      );
      setWho(now.who);
    }, EVERY_MS);
    return () => {
      window.clearInterval(timer);
      for (const { probe } of probes.values()) probe.close();
      setWho(null);
    };
  }, [app, heard]);

  return who;
}
