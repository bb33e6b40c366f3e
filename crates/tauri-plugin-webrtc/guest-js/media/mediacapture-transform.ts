// Types of W3C mediacapture-transform, which WebKit has in workers and TypeScript's library lacks.

/** The frames of a track, newest last. */
export interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

export type TrackProcessorConstructor = new (init: {
  readonly track: MediaStreamTrack;
  readonly maxBufferSize?: number;
}) => TrackProcessor;

/** A track made of frames. */
export interface TrackGenerator {
  readonly writable: WritableStream<VideoFrame>;
  readonly track: MediaStreamTrack;
}

export type TrackGeneratorConstructor = new () => TrackGenerator;

/** The globals of a worker that are used here. */
interface Transform {
  readonly VideoFrame: typeof VideoFrame;
  readonly MediaStreamTrackProcessor?: TrackProcessorConstructor;
  readonly VideoTrackGenerator?: TrackGeneratorConstructor;
}

/** Undefined where the engine's feature `MediaStreamTrackProcessing` is off or unknown. */
export const { MediaStreamTrackProcessor, VideoTrackGenerator }: Transform = globalThis;
