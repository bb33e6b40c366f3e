// A third member without our page: joins a room over a WebSocket of its own, with keys of its own, and
// offers a connection with this many video sections. If asked to, it repeats another member's status
// instead, as it is and under its own key. The result is in `window.stranger`.
const [{ room, email, target, copies, sections, keys: source }] = arguments;
const outcome = { member: false, asked: 0, accepted: null, declined: null };
window.stranger = outcome;
const socket = new WebSocket(`${location.origin.replace("http", "ws")}/ws`, "snug.v1");
const peer = new RTCPeerConnection();
outcome.peer = peer;
const random = (count) => crypto.getRandomValues(new Uint8Array(count));
const read = (text) => JSON.parse(text ?? "{}");
const send = (type, fields) => socket.send(JSON.stringify({ type, ...fields }));
const members = new Map();
/** Of each member, by the relay's id, as the relay says it. */
const said = new Map();
let keys = null;
let sealed = null;
let own = null;
let begun = false;

const signed = (status) => {
  const [next, text] = keys.sealOwnStatus(sealed, JSON.stringify(status), random(24));
  sealed = next;
  return text;
};
const say = (status) => send("user:status", { status: signed(status) });
const direct = (type, to, payload) => {
  const message = { type, to, payload: JSON.stringify(payload) };
  const [next, box] = keys.seal(sealed, message, random(24));
  sealed = next;
  if (box !== null) socket.send(JSON.stringify(box));
};

const offered = async () => {
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
  return { type: "offer", sdp };
};

const consider = async () => {
  const found = [...members].find(([, member]) => member.email === target);
  const copied = [...members].find(([, member]) => member.email === copies);
  if (begun || found === undefined || (copies !== null && !copied?.[1].status.call)) return;
  begun = true;
  outcome.member = true;
  const [to] = found;
  const status = copied === undefined ? own : copied[1].status;
  const media = { microphone: true, camera: true };
  const ring = { call: status.call, connection: "stranger-1", serial: 1, offer: await offered(), media };
  if (copied !== undefined) {
    // As it is; and with the other's session under its own key. Each with a ring, sealed and not.
    send("user:status", { status: said.get(relayId(copied[0])) });
    send("user:call", { to: relayId(to), payload: JSON.stringify(ring) });
    direct("user:call", to, ring);
    say({ ...status, camera: true });
  } else say(status);
  direct("user:call", to, ring);
  outcome.asked += 1;
};
const relayId = (id) => id.split(".")[0];

/** A test sees then that all before has arrived. */
outcome.leave = () => send("room:leave", {});

const hear = async (message) => {
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

socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  for (const member of message.participants ?? []) said.set(member.id, member.status);
  if (message.type === "user:joined") said.set(message.user.id, message.user.status);
  if (message.type === "user:status") said.set(message.from, message.status);
  const [next, { heard, say: answer }] = keys.open(sealed, message, random(24));
  sealed = next;
  for (const each of [answer].flat()) if (each !== null) socket.send(JSON.stringify(each));
  for (const each of heard) void hear(each);
};
const opened = new Promise((resolve) => (socket.onopen = resolve));
const begin = async () => {
  keys = await import(source);
  await opened;
  const stay = { email, ...keys.openStay(room, random(32)) };
  sealed = keys.enterSealedRoom(stay, stay.sealed, random(32));
  own = { session: stay.session, call: "a-call", microphone: true, camera: true, calls: true };
  send("room:join", { room, email, status: signed({ ...own, call: null }) });
};
void begin();
