// Whether this person speaks, for the ring round the own picture.

import { useEffect, useState } from 'react';

import { useApp } from '../app-context';
import { probeLevel } from '../parts/audio-level';
import { useStore } from '../use-store';
import { LOUD } from './speaking';

const EVERY_MS = 150;
const HELD_MS = 900;

export function useOwnSpeaking(isShown: boolean): boolean {
  const stream = useStore(useApp().local);
  const [isSpeaking, setSpeaking] = useState(false);

  useEffect(() => {
    if (!isShown || stream === null || stream.getAudioTracks().length === 0) return;
    const probe = probeLevel(stream);
    let heldUntil = 0;
    const timer = window.setInterval(() => {
      const now = performance.now();
      if (probe.read() >= LOUD) heldUntil = now + HELD_MS;
      setSpeaking(now < heldUntil);
    }, EVERY_MS);
    return () => {
      window.clearInterval(timer);
      probe.close();
      setSpeaking(false);
    };
  }, [isShown, stream]);

  return isSpeaking;
}
