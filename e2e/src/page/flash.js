// A film that flashes and beeps at the same moment, every second and a half, and one connection for
// it: `send` begins and offers it, `receive` answers, `connect` applies the answer, `seen` returns the
// times at which flashes were shown here, in milliseconds since 1970. The beeps are in the audio
// output.
const [act, sdp] = arguments;
const FLASH_INTERVAL_MS = 1500;
const FLASH_DURATION_MS = 250;
const POLL_INTERVAL_MS = 4;
const MIN_BRIGHTNESS = 128;
const flash = (window.snugFlash ??= {});

const whole = (connection) =>
  new Promise((resolve) => {
    const look = () => {
      if (connection.iceGatheringState !== 'complete') return;
      resolve(connection.localDescription.sdp);
    };
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });

async function film() {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [320, 240];
  const pen = canvas.getContext('2d');
  const sound = new AudioContext({ sampleRate: 48_000 });
  await sound.resume();
  const tone = new OscillatorNode(sound, { frequency: 1000 });
  const gain = new GainNode(sound, { gain: 0 });
  const out = new MediaStreamAudioDestinationNode(sound);
  tone.connect(gain).connect(out);
  tone.start();
  let isOn = false;
  const draw = () => {
    const shouldBeOn = performance.now() % FLASH_INTERVAL_MS < FLASH_DURATION_MS;
    pen.fillStyle = shouldBeOn ? 'white' : 'black';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (shouldBeOn !== isOn) gain.gain.setValueAtTime(shouldBeOn ? 1 : 0, sound.currentTime);
    isOn = shouldBeOn;
  };
  flash.timer = setInterval(draw, 33);
  flash.sound = sound;
  return new MediaStream([...canvas.captureStream(30).getTracks(), ...out.stream.getTracks()]);
}

async function watch(stream) {
  const video = document.createElement('video');
  video.autoplay = true;
  video.playsInline = true;
  video.srcObject = stream;
  document.body.prepend(video);
  await video.play();
  const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const seen = (flash.seen = []);
  let isBright = false;
  let before = 0;
  const look = () => {
    setTimeout(look, POLL_INTERVAL_MS);
    // Drawing a frame takes the window's engine longer than the interval of this poll.
    const { totalVideoFrames } = video.getVideoPlaybackQuality();
    if (totalVideoFrames === before) return;
    before = totalVideoFrames;
    pen.drawImage(video, 0, 0, 1, 1);
    const bright = pen.getImageData(0, 0, 1, 1).data[0] > MIN_BRIGHTNESS;
    if (bright && !isBright) seen.push(performance.timeOrigin + performance.now());
    isBright = bright;
  };
  look();
}

const acts = {
  async send() {
    const stream = await film();
    const connection = (flash.connection = new RTCPeerConnection());
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    await connection.setLocalDescription();
    return whole(connection);
  },
  async receive() {
    const connection = (flash.connection = new RTCPeerConnection());
    const stream = new MediaStream();
    connection.addEventListener('track', ({ track }) => stream.addTrack(track));
    await connection.setRemoteDescription({ type: 'offer', sdp });
    await connection.setLocalDescription();
    const answer = await whole(connection);
    watch(stream);
    return answer;
  },
  async connect() {
    await flash.connection.setRemoteDescription({ type: 'answer', sdp });
    return null;
  },
  seen: () => flash.seen ?? [],
};

return acts[act]();
