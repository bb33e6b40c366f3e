// The audio level of a stream, from its samples.
//
// Invariant: a muted, ended or missing track reads exactly 0; no smoothing.

export interface LevelProbe {
  /** From 0 (silence) to 1 (full scale), linear in decibels. */
  read(): number;
  close(): void;
}

const QUIETEST_DB = -60;
const LOUDEST_DB = -6;

export function probeLevel(stream: MediaStream): LevelProbe {
  const track = stream.getAudioTracks()[0];
  const listening = track === undefined ? null : listen();
  if (listening === null || track === undefined) return { read: () => 0, close: () => undefined };
  const { context, leave } = listening;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    read() {
      if (!track.enabled || track.muted || track.readyState === 'ended') return 0;
      if (context.state !== 'running') return 0;
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
    close() {
      source.disconnect();
      leave();
    },
  };
}

/** Root mean square of samples in −1 … 1, mapped to the level. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  if (sum === 0) return 0;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, (db - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}

interface Shared {
  readonly context: AudioContext;
  probes: number;
}

let shared: Shared | null = null;

// One audio context per page, because browsers limit them. It closes with the last probe: WebKitGTK
// keeps a source with five threads as long as its context.
function listen(): { readonly context: AudioContext; readonly leave: () => void } | null {
  if (typeof AudioContext === 'undefined') return null;
  const used = shared ?? { context: open(), probes: 0 };
  shared = used;
  used.probes += 1;
  let hasLeft = false;
  return {
    context: used.context,
    leave() {
      if (hasLeft) return;
      hasLeft = true;
      used.probes -= 1;
      if (used.probes > 0) return;
      shared = null;
      void used.context.close();
    },
  };
}

/** Some browsers start it only after a user gesture. */
function open(): AudioContext {
  const context = new AudioContext();
  if (context.state !== 'suspended') return context;
  const resume = () => {
    if (context.state === 'closed') stopWaiting();
    else context.resume().then(stopWaiting, () => undefined);
  };
  const stopWaiting = () => {
    window.removeEventListener('pointerdown', resume);
    window.removeEventListener('keydown', resume);
  };
  window.addEventListener('pointerdown', resume);
  window.addEventListener('keydown', resume);
  resume();
  return context;
}
