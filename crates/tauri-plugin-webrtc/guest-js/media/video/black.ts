// A black picture.

/** In 4:2:0, where black is 16 and colour is away at 128 (BT.601, limited range). */
export function blackFrame(width: number, height: number, timestamp: number): VideoFrame {
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  const planes = new Uint8Array(width * height + 2 * chroma);
  planes.fill(16, 0, width * height);
  planes.fill(128, width * height);
  return new VideoFrame(planes, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp,
  });
}
