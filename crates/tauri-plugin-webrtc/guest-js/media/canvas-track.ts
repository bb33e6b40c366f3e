// A track made at once on the page's main thread, for when no spare one is at hand: frames are
// drawn on a canvas.
//
// Invariant: it closes every frame it is given.

export interface CanvasTrack {
  readonly track: MediaStreamTrack;
  readonly draw: (frame: VideoFrame) => void;
}

export function canvasTrack(): CanvasTrack {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false });
  const [track] = canvas.captureStream().getVideoTracks();
  if (track === undefined) throw new DOMException('no track of a canvas', 'OperationError');
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
