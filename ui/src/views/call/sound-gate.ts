// Remembers which elements were refused to play sound, until a press of a button lets them.

/** What of a `video` matters here. */
export interface Playable {
  play(): Promise<void>;
  readonly isConnected: boolean;
}

export interface SoundGate {
  /** Whether anybody is unheard for want of a press. */
  get(): boolean;
  subscribe(listener: () => void): () => void;
  readonly refused: (video: Playable) => void;
  /** To be called by a press of the person. */
  turnOn(): Promise<void>;
}

export function createSoundGate(): SoundGate {
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
