// Creates black video frames.

/** I420: luma 16 and chroma 128 are black (BT.601, limited range). */
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
