// Pictures of a stream, one now and then: a live picture of a screen that shows this page would show
// itself for ever.

/** Calls `draw` with the first frame, then every so many milliseconds, until the result is called. */
export function drawFrames(
  stream: MediaStream,
  everyMs: number,
  draw: (frames: HTMLVideoElement) => void,
): () => void {
  const frames = document.createElement('video');
  const drawOne = (): void => {
    if (frames.videoWidth > 0 && frames.videoHeight > 0) draw(frames);
  };
  frames.muted = true;
  frames.srcObject = stream;
  frames.addEventListener('loadeddata', drawOne);
  frames.play().catch(() => undefined);
  const timer = window.setInterval(drawOne, everyMs);
  return () => {
    window.clearInterval(timer);
    frames.srcObject = null;
  };
}
