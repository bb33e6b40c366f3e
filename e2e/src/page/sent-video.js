// Video sent to the person whose video has this name: bytes and frames so far, and the size of the
// last frame. Null while there is no connection to that person.
const [email] = arguments;
return (async () => {
  const video = [...document.querySelectorAll('video')].find(
    (candidate) => candidate.getAttribute('aria-label') === email,
  );
  const stream = video?.srcObject;
  const tracks = stream instanceof MediaStream ? stream.getTracks() : [];
  const theirs = window.snugProbe.open().find((connection) =>
    connection.getReceivers().some((receiver) => tracks.some((track) => track.id === receiver.track.id)),
  );
  if (!theirs) return null;
  const sent = { bytes: 0, frames: 0, width: 0, height: 0, at: performance.now() / 1000 };
  for (const entry of (await theirs.getStats()).values()) {
    if (entry.type !== 'outbound-rtp' || entry.kind !== 'video') continue;
    sent.bytes += entry.bytesSent;
    sent.frames += entry.framesEncoded ?? 0;
    sent.width = entry.frameWidth ?? 0;
    sent.height = entry.frameHeight ?? 0;
  }
  return sent;
})();
