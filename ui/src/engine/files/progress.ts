// Rate and time left of one transfer, from the times at which its blocks arrived.
//
// Invariant: of the last 10 s, and of the last blocks on a slow line; without two samples unknown.

export interface Progress {
  /** The oldest first. */
  readonly samples: readonly Sample[];
}

interface Sample {
  /** Monotonic, in milliseconds. */
  readonly at: number;
  /** Transferred in this run. */
  readonly bytes: number;
}

const WINDOW_MS = 10_000;
const MIN_SAMPLES = 4;
const MAX_SAMPLES = 64;

export const NO_PROGRESS: Progress = { samples: [] };

export function startProgress(at: number): Progress {
  return { samples: [{ at, bytes: 0 }] };
}

export function withBytes({ samples }: Progress, at: number, bytes: number): Progress {
  const last = samples.at(-1);
  if (last === undefined) return startProgress(at);
  const all = [...samples, { at: Math.max(at, last.at), bytes: last.bytes + bytes }];
  const isRecent = (sample: Sample, index: number): boolean =>
    at - sample.at <= WINDOW_MS || index >= all.length - MIN_SAMPLES;
  return { samples: all.filter(isRecent).slice(-MAX_SAMPLES) };
}

/** Bytes a second; null while unknown. */
export function rateOf({ samples }: Progress): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
}

/** Seconds; null while unknown. */
export function secondsLeft(progress: Progress, remaining: number): number | null {
  const rate = rateOf(progress);
  return rate === null || rate <= 0 ? null : Math.ceil(remaining / rate);
}
