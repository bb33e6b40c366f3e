// Measures the audio level of all peers and selects the active speaker.

import { useEffect, useState } from 'react';

import type { PeerId } from '../../engine/state';
import { useApp } from '../app-context';
import { probeLevel, type LevelProbe } from '../parts/audio-level';
import type { Participant } from './participants';
import { NOBODY_SPEAKS, speaking } from './speaking';

const EVERY_MS = 150;

export function useSpeaking(participants: readonly Participant[]): PeerId | null {
  const app = useApp();
  const [who, setWho] = useState<PeerId | null>(null);
  const heard = participants
    .filter(({ phase, microphone }) => phase === 'connected' && microphone === 'on')
    .map(({ peer }) => peer)
    .join(' ');

  useEffect(() => {
    // With one peer there is nothing to select.
    const peers = heard === '' ? [] : heard.split(' ');
    if (peers.length < 2) return;
    const probes = new Map<PeerId, { stream: MediaStream; probe: LevelProbe }>();
    let now = NOBODY_SPEAKS;

    function level(peer: PeerId): number {
      const stream = app.remote(peer, 'microphone').get();
      const known = probes.get(peer);
      if (known !== undefined && known.stream === stream) return known.probe.read();
      known?.probe.close();
      probes.delete(peer);
      // A probe needs a track, so it is created with the first one.
      if (stream === null || stream.getAudioTracks().length === 0) return 0;
      const probe = probeLevel(stream);
      probes.set(peer, { stream, probe });
      return probe.read();
    }

    const timer = window.setInterval(() => {
      now = speaking(
        now,
        peers.map((peer) => [peer, level(peer)] as const),
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
