// Opens this many pairs of connections, five at a time, each until a message has passed, and closes
// them. Answers with the number of messages.
const [pairs, done] = arguments;
const meet = async () => {
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
  one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate);
  other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate);
  const channel = one.createDataChannel("a");
  const came = new Promise((resolve) => {
    other.ondatachannel = (event) => {
      event.channel.onmessage = resolve;
    };
  });
  channel.onopen = () => channel.send("a message");
  one.addTransceiver("audio");
  one.addTransceiver("video");
  await one.setLocalDescription();
  await other.setRemoteDescription(one.localDescription);
  await other.setLocalDescription();
  await one.setRemoteDescription(other.localDescription);
  await came;
  one.close();
  other.close();
};
const run = async () => {
  let met = 0;
  while (met < pairs) {
    const some = Array.from({ length: Math.min(5, pairs - met) }, meet);
    met += (await Promise.all(some)).length;
  }
  return met;
};
run().then(done, (error) => done(String(error)));
