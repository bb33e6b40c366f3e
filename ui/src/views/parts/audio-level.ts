// How loud a stream is, read from the samples themselves.
//
// Invariant: what is muted, ended or missing reads exactly 0; nothing is smoothed into a lie.

export interface LevelProbe {
  /** From 0, silence, to 1, as loud as it gets; on a scale of decibels, as ears have it. */
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

/** Root mean square of samples in −1 … 1, placed between quiet and loud. */
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

// One for the page: engines limit how many there may be. It goes with its last probe, since
// WebKitGTK keeps a source, with five threads, for as long as its context.
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

/** Some engines start it only after the person did something on the page. */
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
