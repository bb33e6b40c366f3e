// A track that is available at once on the main thread, for when the pool is empty. Frames are
// drawn on a canvas.
//
// Invariant: closes every frame.

export interface CanvasTrack {
  readonly track: MediaStreamTrack;
  readonly draw: (frame: VideoFrame) => void;
}

export function canvasTrack(): CanvasTrack {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false });
  const [track] = canvas.captureStream().getVideoTracks();
  if (track === undefined) throw new DOMException('The canvas has no track.', 'OperationError');
  return {
    track,
    draw: (frame) => {
      const { displayWidth, displayHeight } = frame;
      if (canvas.width !== displayWidth) canvas.width = displayWidth;
      if (canvas.height !== displayHeight) canvas.height = displayHeight;
      context?.drawImage(frame, 0, 0);
      frame.close();
    },
  };
}
