// Plays sounds with WebAudio, without files.
//
// Invariant: at most one ringing sound at a time, and `off` stops it immediately. The audio context
// is suspended while silent; a running one keeps a thread and the sound server busy.

import type { SoundsPort } from '../ports';
import { RINGS, TONES, type Note } from './tones';

const RAMP_SECONDS = 0.015;
/** The first sound takes WebKitGTK a tenth of a second, in which the page does nothing else: it is
 *  made ready so long after the page was first touched, and not when a call begins. */
const READY_AFTER_MS = 1000;
/** Output latency after the last note. */
const UNDER_WAY_MS = 500;

export function sounds(): SoundsPort {
  let context: AudioContext | null = null;
  let ringing: { readonly stop: () => void } | null = null;
  /** End of the last note, by the page clock. */
  let over = 0;
  let resting: ReturnType<typeof setTimeout> | undefined;

  const restAfter = (notes: readonly Note[]): void => {
    const lasts = Math.max(0, ...notes.map((note) => note.at + note.lasts)) * 1000;
    over = Math.max(over, performance.now() + lasts + UNDER_WAY_MS);
    clearTimeout(resting);
    resting = setTimeout(() => {
      context?.suspend().catch(() => undefined);
    }, over - performance.now());
  };

  const wake = (): AudioContext => {
    context ??= new AudioContext();
    if (context.state === 'suspended') context.resume().catch(() => undefined);
    return context;
  };

  /** Autoplay policy: before the first user activation the sound is skipped. */
  const play = (notes: readonly Note[]): GainNode | null => {
    try {
      const awake = wake();
      restAfter(notes);
      return schedule(awake, notes);
    } catch {
      return null;
    }
  };

  const getReady = (): void => {
    if (context !== null) return;
    try {
      wake().createOscillator();
      restAfter([]);
    } catch {
      // Without audio output there is nothing to prepare.
    }
  };
  const touched = new AbortController();
  for (const touch of ['pointerdown', 'keydown']) {
    addEventListener(
      touch,
      () => {
        touched.abort();
        setTimeout(getReady, READY_AFTER_MS);
      },
      { signal: touched.signal },
    );
  }

  return {
    play(sound) {
      play(TONES[sound]);
    },
    ring(ring) {
      ringing?.stop();
      ringing = null;
      if (ring === 'off') return;
      const { notes, every } = RINGS[ring];
      let sounding = play(notes);
      const timer = setInterval(() => {
        sounding = play(notes);
      }, every * 1000);
      ringing = {
        stop() {
          clearInterval(timer);
          sounding?.disconnect();
        },
      };
    },
  };
}

/** The output node of the notes; disconnecting it stops them. */
function schedule(context: AudioContext, notes: readonly Note[]): GainNode {
  const output = context.createGain();
  output.connect(context.destination);
  let left = notes.length;
  for (const { hertz, at, lasts, gain } of notes) {
    const start = context.currentTime + at;
    const end = start + lasts;
    const tone = context.createOscillator();
    tone.type = 'sine';
    tone.frequency.value = hertz;
    // Ramps avoid clicks.
    const volume = context.createGain();
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(gain, start + RAMP_SECONDS);
    volume.gain.setValueAtTime(gain, Math.max(start + RAMP_SECONDS, end - lasts / 2));
    volume.gain.linearRampToValueAtTime(0, end);
    tone.connect(volume).connect(output);
    tone.addEventListener('ended', () => {
      left -= 1;
      if (left === 0) output.disconnect();
    });
    tone.start(start);
    tone.stop(end);
  }
  return output;
}
