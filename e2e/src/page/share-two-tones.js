// From now on, what this browser shares has audio of its own: a tone of the first frequency in the left
// channel, one of the second in the right channel. A browser without a screen shares a drawing.
const frequencies = arguments;
const { mediaDevices } = navigator;
const native = mediaDevices.getDisplayMedia.bind(mediaDevices);

function drawing() {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  let red = 0;
  const timer = setInterval(() => {
    red = (red + 16) % 256;
    pen.fillStyle = `rgb(${red} 0 0)`;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }, 100);
  // Kept from the garbage collector.
  window.snugDrawing = { canvas, timer };
  return canvas.captureStream(5);
}

mediaDevices.getDisplayMedia = async (options) => {
  const display = native(options).catch(drawing);
  const context = new AudioContext({ sampleRate: 48_000 });
  const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
  const tones = [...frequencies].map((frequency, channel) => {
    const tone = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0.25 });
    tone.connect(gain).connect(merger, 0, channel);
    tone.start();
    return tone;
  });
  const out = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
  merger.connect(out);
  window.snugTwoTones = { context, tones };
  const [video] = (await display).getVideoTracks();
  return new MediaStream([video, ...out.stream.getAudioTracks()]);
};
