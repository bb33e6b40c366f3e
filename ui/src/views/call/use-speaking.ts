// Who speaks in a call of several, from the level of everybody's voice every 100 ms.
//
// Invariant: without a second peer there is nothing to select, and nothing is measured.

import { useEffect, useState } from 'react';

import type { Speaker } from '../../engine/budget/state';
import { levelOf } from '../../engine/speaker/level';
import { NOBODY, SELF, type SpeakerState, type VoiceId } from '../../engine/speaker/state';
import { stepSpeaker, talking } from '../../engine/speaker/step';
import type { PeerId } from '../../engine/state';
import type { StreamSource } from '../../ports';
import { useApp } from '../app-context';
import { probeLevel, type LevelProbe } from '../parts/audio-level';
import type { Participant } from './participants';

const EVERY_MS = 100;

export interface Speaking {
  /** The last one who led, never this person. */
  readonly speaker: PeerId | null;
  /** Everybody who talks now, this person (`SELF`) included. */
  readonly talking: readonly VoiceId[];
}

const SILENCE: Speaking = { speaker: null, talking: [] };

export function useSpeaking(participants: readonly Participant[]): Speaking {
  const app = useApp();
  const [speaking, setSpeaking] = useState(SILENCE);
  const heard = participants
    .filter(({ phase, microphone }) => phase === 'connected' && microphone === 'on')
    .map(({ peer }) => peer)
    .join(' ');

  useEffect(() => {
    const peers = heard === '' ? [] : heard.split(' ');
    if (participants.length < 2) return;
    const probes = levelProbes();
    let state = NOBODY;

    const levels = (): readonly (readonly [VoiceId, number])[] => [
      [SELF, probes.read(SELF, app.local)],
      ...peers.map((peer): readonly [VoiceId, number] => {
        const loudness = app.loudness(peer);
        // An engine that does not tell is listened to.
        const level =
          loudness === null ? probes.read(peer, app.remote(peer, 'microphone')) : levelOf(loudness);
        return [peer, level];
      }),
    ];
    const timer = window.setInterval(() => {
      const before = state;
      state = stepSpeaker(state, { type: 'levels', at: performance.now(), levels: levels() });
      const speaker = speakerOf(state);
      if (speaker !== speakerOf(before)) app.engine.dispatch({ type: 'speaker-changed', speaker });
      const next: Speaking = { speaker: state.shown, talking: talking(state) };
      setSpeaking((last) => (isSame(last, next) ? last : next));
    }, EVERY_MS);
    return () => {
      window.clearInterval(timer);
      probes.close();
      setSpeaking(SILENCE);
    };
    // oxlint-disable-next-line react/exhaustive-deps -- `heard` has what matters of the participants
  }, [app, heard, participants.length]);

  return speaking;
}

function speakerOf({ leader }: SpeakerState): Speaker {
  if (leader === null) return 'nobody';
  return leader.id === SELF ? 'self' : 'other';
}

function isSame(one: Speaking, other: Speaking): boolean {
  return one.speaker === other.speaker && one.talking.join(' ') === other.talking.join(' ');
}

interface LevelProbes {
  read(id: VoiceId, source: StreamSource): number;
  close(): void;
}

function levelProbes(): LevelProbes {
  const probes = new Map<VoiceId, { readonly stream: MediaStream; readonly probe: LevelProbe }>();
  return {
    read(id, source) {
      const stream = source.get();
      const known = probes.get(id);
      if (known !== undefined && known.stream === stream) return known.probe.read();
      known?.probe.close();
      probes.delete(id);
      // A probe needs a track, so it is created with the first one.
      if (stream === null || stream.getAudioTracks().length === 0) return 0;
      const probe = probeLevel(stream);
      probes.set(id, { stream, probe });
      return probe.read();
    },
    close() {
      for (const { probe } of probes.values()) probe.close();
    },
  };
}
