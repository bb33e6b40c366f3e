// Connections for measurements: `send` offers the camera to this many receivers, `receive` answers,
// `connect` applies the answers. Each returns its descriptions with all candidates in them.
const [act, argument, width, height, frameRate] = arguments;
const fan = (window.snugFan ??= { connections: [] });

const whole = (connection) =>
  new Promise((resolve) => {
    const look = () => {
      if (connection.iceGatheringState !== 'complete') return;
      resolve(connection.localDescription.sdp);
    };
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });

const acts = {
  async send() {
    fan.stream ??= await navigator.mediaDevices.getUserMedia({
      video: { width, height, frameRate: { exact: frameRate } },
    });
    const [track] = fan.stream.getTracks();
    const begun = Array.from({ length: argument }, async () => {
      const connection = new RTCPeerConnection();
      fan.connections.push(connection);
      connection.addTrack(track, fan.stream);
      await connection.setLocalDescription();
      return whole(connection);
    });
    return Promise.all(begun);
  },
  async receive() {
    // A page with a camera permission has candidates with real addresses.
    await navigator.mediaDevices.getUserMedia({ video: true }).then((stream) => {
      for (const track of stream.getTracks()) track.stop();
    });
    const answered = argument.map(async (sdp) => {
      const connection = new RTCPeerConnection();
      fan.connections.push(connection);
      await connection.setRemoteDescription({ type: 'offer', sdp });
      await connection.setLocalDescription();
      return whole(connection);
    });
    return Promise.all(answered);
  },
  async connect() {
    await Promise.all(
      argument.map((sdp, at) => fan.connections[at].setRemoteDescription({ type: 'answer', sdp })),
    );
    return [];
  },
};

return acts[act]();
