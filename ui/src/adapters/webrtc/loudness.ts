// How loud a peer is now, from the last packets that were played (webrtc-pc, 5.3).
//
// Invariant: a source that plays nothing new is silent.

const STALE_MS = 400;

export interface Loudness {
  /** From 0 to 1; null where the engine does not tell. */
  read(receiver: RTCRtpReceiver | undefined): number | null;
}

export function loudness(): Loudness {
  let last = { played: -1, at: 0 };
  return {
    read(receiver) {
      const [source] = receiver?.getSynchronizationSources() ?? [];
      if (source?.audioLevel === undefined) return null;
      const now = performance.now();
      if (source.rtpTimestamp !== last.played) last = { played: source.rtpTimestamp, at: now };
      return now - last.at > STALE_MS ? 0 : source.audioLevel;
    },
  };
}
