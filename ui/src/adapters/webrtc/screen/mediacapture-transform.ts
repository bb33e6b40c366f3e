// Types of W3C mediacapture-transform, which TypeScript's library lacks: WebKit has it in workers, as
// the standard says; Chromium has an earlier form, on the page too.

interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

interface Transform {
  /** With `VideoFrame` it is no weak type. */
  readonly VideoFrame: typeof VideoFrame;
  readonly MediaStreamTrackProcessor?: new (init: {
    readonly track: MediaStreamTrack;
    readonly maxBufferSize?: number;
  }) => TrackProcessor;
  /** The standard's. */
  readonly VideoTrackGenerator?: new () => {
    readonly writable: WritableStream<VideoFrame>;
    readonly track: MediaStreamTrack;
  };
  /** Chromium's: a track itself. */
  readonly MediaStreamTrackGenerator?: new (init: {
    readonly kind: 'video';
  }) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
}

/** Undefined where the engine has none. */
export const {
  MediaStreamTrackProcessor,
  VideoTrackGenerator,
  MediaStreamTrackGenerator,
}: Transform = globalThis;
