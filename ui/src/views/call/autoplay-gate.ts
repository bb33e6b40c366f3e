// Autoplay gate: remembers elements whose playback was blocked, until a press allows it.

/** The used part of a `video` element. */
export interface Playable {
  play(): Promise<void>;
  readonly isConnected: boolean;
}

export interface AutoplayGate {
  /** Whether any element is blocked. */
  get(): boolean;
  subscribe(listener: () => void): () => void;
  readonly refused: (video: Playable) => void;
  /** Call it from a user gesture. */
  turnOn(): Promise<void>;
}

export function createAutoplayGate(): AutoplayGate {
  const waiting = new Set<Playable>();
  const listeners = new Set<() => void>();
  const notify = () => listeners.forEach((listener) => listener());
  return {
    get: () => waiting.size > 0,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refused(video) {
      waiting.add(video);
      notify();
    },
    async turnOn() {
      const videos = [...waiting];
      waiting.clear();
      const outcomes = await Promise.allSettled(videos.map((video) => video.play()));
      outcomes.forEach((outcome, index) => {
        const video = videos[index];
        if (outcome.status === 'rejected' && video?.isConnected === true) waiting.add(video);
      });
      notify();
    },
  };
}
