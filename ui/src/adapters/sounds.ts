// Plays the app's sounds with WebAudio: nothing to load, nothing to wait for.
//
// Invariant: at most one ring at a time, and `off` is silent at once. While nothing sounds the
// context rests: one that runs keeps a thread and the sound server busy all through a call.

import type { SoundsPort } from '../ports';
import { RINGS, TONES, type Note } from './tones';

const RAMP_SECONDS = 0.015;
/** The first sound takes WebKitGTK a tenth of a second, in which the page does nothing else: it is
 *  made ready so long after the page was first touched, and not when a call begins. */
const READY_AFTER_MS = 1000;
/** After its end a sound is on its way to the loudspeaker for as long. */
const UNDER_WAY_MS = 500;

export function sounds(): SoundsPort {
  let context: AudioContext | null = null;
  let ringing: { readonly stop: () => void } | null = null;
  /** When the last note is over, by the page's clock. */
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

  /** A page may make no sound before it was touched; then a sound is missed, nothing else. */
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
      // Without sound there is nothing to make ready.
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

/** The node through which the notes go; taking it away silences them. */
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
    // Ramps instead of steps: a step is a click.
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
