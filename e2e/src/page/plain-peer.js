// A connection without Snug's page: the perfect negotiation of the standard's example (webrtc-pc,
// 10.7). The test passes its messages on. The result is in `window.plainPeer`.
const [{ isPolite }] = arguments;
window.plainPeer?.connection.close();
const connection = new RTCPeerConnection();
const outgoing = [];
const errors = [];
const send = (message) => outgoing.push(JSON.stringify(message));
let makesOffer = false;
let ignoresOffer = false;

connection.onicecandidate = ({ candidate }) => send({ candidate });
connection.onnegotiationneeded = async () => {
  try {
    makesOffer = true;
    await connection.setLocalDescription();
    send({ description: connection.localDescription });
  } catch (error) {
    errors.push(`offer: ${error}`);
  } finally {
    makesOffer = false;
  }
};

const takeDescription = async (description) => {
  const isOffer = description.type === "offer";
  ignoresOffer = !isPolite && isOffer && (makesOffer || connection.signalingState !== "stable");
  if (ignoresOffer) return;
  await connection.setRemoteDescription(description);
  if (!isOffer) return;
  for (const transceiver of connection.getTransceivers()) peer.answers?.(transceiver);
  await connection.setLocalDescription();
  send({ description: connection.localDescription });
};
const take = async ({ description, candidate }) => {
  if (description !== undefined) return takeDescription(description);
  await connection.addIceCandidate(candidate ?? undefined).catch((error) => {
    if (!ignoresOffer) throw error;
  });
};

let queue = Promise.resolve();
const peer = {
  connection,
  errors,
  /** Called with each transceiver before an answer. */
  answers: null,
  take: () => outgoing.splice(0),
  receive: (messages) => {
    for (const message of messages) {
      queue = queue.then(() => take(JSON.parse(message))).catch((error) => errors.push(`${error}`));
    }
  },
};
window.plainPeer = peer;
