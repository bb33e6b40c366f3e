// What WebKit has and TypeScript's library does not: W3C mediacapture-transform, workers only.

/** Frames of a track, the newest at the end. */
export interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

export type TrackProcessorConstructor = new (init: {
  readonly track: MediaStreamTrack;
  readonly maxBufferSize?: number;
}) => TrackProcessor;

/** A track of frames. */
export interface TrackGenerator {
  readonly writable: WritableStream<VideoFrame>;
  readonly track: MediaStreamTrack;
}

export type TrackGeneratorConstructor = new () => TrackGenerator;

/** What a worker has, as far as it matters here. */
interface Transform {
  readonly VideoFrame: typeof VideoFrame;
  readonly MediaStreamTrackProcessor?: TrackProcessorConstructor;
  readonly VideoTrackGenerator?: TrackGeneratorConstructor;
}

/** Absent where the engine's feature `MediaStreamTrackProcessing` is off or unknown. */
export const { MediaStreamTrackProcessor, VideoTrackGenerator }: Transform = globalThis;
