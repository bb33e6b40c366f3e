// A data channel with the browser's API only. `open` returns an offer, `answer` takes it and returns
// an answer, `connect` takes that, `send` sends this many bytes from memory as fast as the channel
// takes them and returns the seconds until the other end has them all.
const [act, argument] = arguments;
const bare = (window.snugBare ??= { connection: null, channel: null });

const MESSAGE_BYTES = 64 * 1024;
const HIGH_BYTES = 1024 * 1024;
const LOW_BYTES = 256 * 1024;

const whole = (connection) =>
  new Promise((resolve) => {
    const look = () => {
      if (connection.iceGatheringState === 'complete') resolve(connection.localDescription.sdp);
    };
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });

function begin() {
  bare.connection = new RTCPeerConnection();
  bare.channel = bare.connection.createDataChannel('bare', { negotiated: true, id: 0 });
  bare.channel.binaryType = 'arraybuffer';
}

// The other end says when everything is there.
function receive() {
  let left = 0;
  bare.channel.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') {
      left = Number(data);
      return;
    }
    left -= data.byteLength;
    if (left === 0) bare.channel.send('all');
  });
}

const once = (name) =>
  new Promise((resolve) => bare.channel.addEventListener(name, resolve, { once: true }));

const acts = {
  async open() {
    begin();
    await bare.connection.setLocalDescription();
    return whole(bare.connection);
  },
  async answer() {
    begin();
    receive();
    await bare.connection.setRemoteDescription({ type: 'offer', sdp: argument });
    await bare.connection.setLocalDescription();
    return whole(bare.connection);
  },
  async connect() {
    await bare.connection.setRemoteDescription({ type: 'answer', sdp: argument });
    if (bare.channel.readyState !== 'open') await once('open');
    return '';
  },
  async send() {
    const { channel } = bare;
    const message = crypto.getRandomValues(new Uint8Array(MESSAGE_BYTES));
    channel.bufferedAmountLowThreshold = LOW_BYTES;
    const all = once('message');
    const start = performance.now();
    channel.send(String(argument));
    for (let sent = 0; sent < argument; sent += MESSAGE_BYTES) {
      if (channel.bufferedAmount > HIGH_BYTES) await once('bufferedamountlow');
      channel.send(message);
    }
    await all;
    return String((performance.now() - start) / 1000);
  },
};
return acts[act]();
