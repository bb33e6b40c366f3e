// Gives the plain peer's transceivers these directions, and tracks to send: `[[kind, direction]]`,
// in their order. New ones are added at the end. `window.sentTracks` keeps the sources alive.
const [wanted] = arguments;
const { connection } = window.plainPeer;
const sources = (window.sentTracks ??= {});
const video = () => {
  if (sources.canvas === undefined) {
    sources.canvas = document.createElement("canvas");
    const pen = sources.canvas.getContext("2d");
    let hue = 0;
    setInterval(() => {
      pen.fillStyle = `hsl(${(hue += 7)} 90% 50%)`;
      pen.fillRect(0, 0, 300, 150);
    }, 50);
  }
  return sources.canvas.captureStream().getVideoTracks()[0];
};
const audio = () => {
  sources.context ??= new AudioContext();
  const destination = new MediaStreamAudioDestinationNode(sources.context);
  const tone = new OscillatorNode(sources.context);
  tone.connect(destination);
  tone.start();
  return destination.stream.getAudioTracks()[0];
};
const open = connection.getTransceivers();
for (const [at, [kind, direction]] of wanted.entries()) {
  const transceiver = open[at] ?? connection.addTransceiver(kind, { direction });
  if (direction === "stopped") {
    transceiver.stop();
    continue;
  }
  transceiver.direction = direction;
  const sends = direction.startsWith("send");
  if (sends && transceiver.sender.track === null) {
    void transceiver.sender.replaceTrack(kind === "video" ? video() : audio());
  }
}
