// Bytes that have arrived for the video with this name, with headers: all, and those of them that
// were sent again, as a sender does also to find out what the path carries. And the seconds that its
// frames took, in sum: from a frame's first packet to its last, in the jitter buffer (with that), and
// to be decoded. Null while there is none.
const [name] = arguments;
return (async () => {
  const video = [...document.querySelectorAll('video')].find(
    (candidate) => candidate.getAttribute('aria-label') === name,
  );
  const [track] = video?.srcObject?.getVideoTracks() ?? [];
  if (track === undefined) return null;
  for (const connection of window.snugProbe.open()) {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type === 'inbound-rtp' && entry.trackIdentifier === track.id) {
        return {
          all: entry.bytesReceived + (entry.headerBytesReceived ?? 0),
          again: entry.retransmittedBytesReceived ?? 0,
          frames: entry.framesDecoded,
          keyFrames: entry.keyFramesDecoded,
          arriving: entry.totalAssemblyTime ?? 0,
          held: entry.jitterBufferDelay ?? 0,
          decoding: entry.totalDecodeTime ?? 0,
        };
      }
    }
  }
  return null;
})();
