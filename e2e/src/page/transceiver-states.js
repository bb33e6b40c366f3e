// Of each transceiver of the plain peer: its current direction, and what it has received so far
// (decoded frames of video, packets of audio).
const { connection } = window.plainPeer;
const done = arguments[arguments.length - 1];
connection.getStats().then((stats) => {
  const received = [...stats.values()].filter(({ type }) => type === "inbound-rtp");
  const of = ({ mid, receiver }) => {
    const own = received.find(
      (entry) => (entry.mid ?? mid) === mid && entry.trackIdentifier === receiver.track.id,
    );
    return (receiver.track.kind === "video" ? own?.framesDecoded : own?.packetsReceived) ?? 0;
  };
  done(
    connection.getTransceivers().map((transceiver) => ({
      direction: transceiver.currentDirection,
      received: of(transceiver),
    })),
  );
});
