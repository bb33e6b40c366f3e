// A third member without our page: joins a room over a WebSocket of its own, repeats another member's
// session if asked to, and offers a connection with this many video sections. The result is in
// `window.stranger`.
const [{ room, email, target, copies, sections }] = arguments;
const outcome = { member: false, asked: 0, accepted: null, declined: null };
window.stranger = outcome;
const socket = new WebSocket(`${location.origin.replace("http", "ws")}/ws`, "snug.v1");
const peer = new RTCPeerConnection();
outcome.peer = peer;
let to = null;
let begun = false;

const send = (type, fields) => socket.send(JSON.stringify({ type, ...fields }));
const direct = (type, payload) => send(type, { to, payload: JSON.stringify(payload) });
const read = (text) => JSON.parse(text ?? "{}");
const own = { session: "of-its-own", call: "a-call", microphone: true, camera: true, calls: true };

const members = new Map();
const consider = async () => {
  const found = [...members].find(([, member]) => member.email === target);
  const copied = [...members].find(([, member]) => member.email === copies)?.[1];
  if (begun || found === undefined || (copies !== null && !copied?.status.call)) return;
  begun = true;
  to = found[0];
  outcome.member = true;
  // A copy repeats the other member's values. Otherwise the values are its own.
  const status = copied === undefined ? own : { ...copied.status, camera: true };
  const { call } = status;
  send("user:status", { status: JSON.stringify(status) });
  peer.addTransceiver("audio");
  // As short as possible, so that so many sections fit into a message.
  const codecs = RTCRtpReceiver.getCapabilities("video").codecs;
  const short = codecs.filter(({ mimeType }) => mimeType === "video/VP8");
  for (let count = 0; count < sections; count += 1) {
    peer.addTransceiver("video").setCodecPreferences(short);
  }
  await peer.setLocalDescription();
  const sdp = peer.localDescription.sdp.replaceAll(/a=extmap:.*\r\n/g, "");
  outcome.length = sdp.length;
  const offer = { type: "offer", sdp };
  const media = { microphone: true, camera: true };
  direct("user:call", { call, connection: "stranger-1", serial: 1, offer, media });
  outcome.asked += 1;
};

socket.onopen = () => send("room:join", { room, email, status: JSON.stringify({ ...own, call: null }) });
socket.onmessage = async ({ data }) => {
  const message = JSON.parse(data);
  const note = ({ id, email: of, status }) => members.set(id, { email: of, status: read(status) });
  if (message.type === "room:joined") message.participants.forEach(note);
  if (message.type === "user:joined") note(message.user);
  if (message.type === "user:status") {
    const known = members.get(message.from);
    if (known !== undefined) known.status = read(message.status);
  }
  if (message.type === "call:declined") outcome.declined = read(message.payload).reason;
  if (message.type === "call:accepted") {
    await peer.setRemoteDescription(read(message.payload).answer);
    // The number of sections in which the other side sends video.
    outcome.accepted = peer
      .getTransceivers()
      .filter(({ receiver }) => receiver.track.kind === "video")
      .filter(({ currentDirection }) => /sendrecv|recvonly/.test(currentDirection)).length;
  }
  await consider();
};
