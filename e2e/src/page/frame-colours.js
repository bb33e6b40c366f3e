// From now on, counts the frames that arrive by each video track of the page's connections, and notes
// the highest red, green and blue of all their pixels (Chromium).
const found = new Map();
window.snugFrameColours = found;

async function watch(track) {
  if (track.kind !== 'video' || found.has(track.id)) return;
  const colours = { frames: 0, red: 0, green: 0, blue: 0 };
  found.set(track.id, colours);
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  for (;;) {
    const { value: frame, done } = await reader.read();
    if (done) return;
    const { displayWidth: width, displayHeight: height } = frame;
    pen.canvas.width = width;
    pen.canvas.height = height;
    pen.drawImage(frame, 0, 0);
    frame.close();
    const { data } = pen.getImageData(0, 0, width, height);
    for (let at = 0; at < data.length; at += 4) {
      colours.red = Math.max(colours.red, data[at]);
      colours.green = Math.max(colours.green, data[at + 1]);
      colours.blue = Math.max(colours.blue, data[at + 2]);
    }
    colours.frames += 1;
  }
}

for (const connection of window.snugProbe.connections) {
  for (const { track } of connection.getReceivers()) watch(track);
  connection.addEventListener('track', ({ track }) => watch(track));
}
