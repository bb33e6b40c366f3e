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
  const context = sharedContext();
  const track = stream.getAudioTracks()[0];
  if (context === null || track === undefined) return { read: () => 0, close: () => undefined };
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

let context: AudioContext | null = null;

// One for the page: engines limit how many there may be. Some start it only after the person did
// something on the page.
function sharedContext(): AudioContext | null {
  if (context !== null) return context;
  if (typeof AudioContext === 'undefined') return null;
  const made = new AudioContext();
  context = made;
  if (made.state === 'suspended') {
    const resume = () => {
      made.resume().then(stopWaiting, () => undefined);
    };
    const stopWaiting = () => {
      window.removeEventListener('pointerdown', resume);
      window.removeEventListener('keydown', resume);
    };
    window.addEventListener('pointerdown', resume);
    window.addEventListener('keydown', resume);
    resume();
  }
  return context;
}
