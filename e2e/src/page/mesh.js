// A mesh with the browser's API only: one camera and microphone, a connection to each other person,
// each picture in an even grid. `open` makes this many connections with their offers, `answer` makes
// one for each offer, `connect` applies the answers, `counts` returns what was sent and shown so far.
const [act, argument, media] = arguments;
const mesh = (window.snugMesh ??= { connections: [], videos: [], stream: null });

const whole = (connection) =>
  new Promise((resolve) => {
    const look = () => {
      if (connection.iceGatheringState !== 'complete') return;
      resolve(connection.localDescription.sdp);
    };
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });

async function join(count) {
  mesh.stream = await navigator.mediaDevices.getUserMedia(media);
  const columns = Math.ceil(Math.sqrt(count));
  const grid = document.createElement('div');
  grid.style.cssText = `position: fixed; inset: 0; display: grid; gap: 4px; grid-template-columns: repeat(${columns}, 1fr)`;
  document.body.replaceChildren(grid);
  for (let at = 0; at < count; at += 1) {
    const connection = new RTCPeerConnection();
    const video = document.createElement('video');
    video.autoplay = true;
    video.style.cssText = 'width: 100%; height: 100%; min-height: 0; object-fit: cover';
    connection.addEventListener('track', ({ streams }) => (video.srcObject = streams[0]));
    for (const track of mesh.stream.getTracks()) connection.addTrack(track, mesh.stream);
    grid.append(video);
    mesh.connections.push(connection);
    mesh.videos.push(video);
  }
}

const acts = {
  async open() {
    await join(argument);
    return Promise.all(
      mesh.connections.map(async (connection) => {
        await connection.setLocalDescription();
        return whole(connection);
      }),
    );
  },
  async answer() {
    await join(argument.length);
    return Promise.all(
      mesh.connections.map(async (connection, at) => {
        await connection.setRemoteDescription({ type: 'offer', sdp: argument[at] });
        await connection.setLocalDescription();
        return whole(connection);
      }),
    );
  },
  async connect() {
    await Promise.all(
      mesh.connections.map((connection, at) =>
        connection.setRemoteDescription({ type: 'answer', sdp: argument[at] }),
      ),
    );
    return [];
  },
};

return acts[act]();
