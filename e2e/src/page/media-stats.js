// Media from the person whose video has this name: shown frames, audio energy, and the connection of
// both. Null while there is no such video.
const [email] = arguments;
return (async () => {
  const video = [...document.querySelectorAll('video')].find(
    (candidate) => candidate.getAttribute('aria-label') === email,
  );
  if (!video) return null;
  const stats = {
    // Firefox has no playback quality of a stream.
    frames: video.mozPaintedFrames ?? video.getVideoPlaybackQuality().totalVideoFrames,
    width: video.videoWidth,
    height: video.videoHeight,
    energy: 0,
    seconds: 0,
    concealed: 0,
    bytesReceived: 0,
    bytesSent: 0,
    path: null,
    at: performance.now() / 1000,
  };
  const stream = video.srcObject;
  const tracks = stream instanceof MediaStream ? stream.getTracks() : [];
  const connections = window.snugProbe?.open() ?? [];
  const theirs = connections.find((connection) =>
    connection.getReceivers().some((receiver) => tracks.some((track) => track.id === receiver.track.id)),
  );
  if (!theirs) return stats;
  const report = await theirs.getStats();
  for (const entry of report.values()) {
    // A shared screen may have audio of its own.
    const isTheirs = tracks.every(
      ({ kind, id }) => kind !== 'audio' || entry.trackIdentifier === undefined || entry.trackIdentifier === id,
    );
    if (entry.type === 'inbound-rtp' && entry.kind === 'audio' && isTheirs) {
      stats.energy = entry.totalAudioEnergy ?? 0;
      stats.seconds = entry.totalSamplesDuration ?? 0;
      // Comfort noise in a pause is intended.
      const concealed = (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
      stats.concealed = concealed / (entry.totalSamplesReceived || 1) * stats.seconds;
    }
    if (entry.type === 'transport') {
      const pair = report.get(entry.selectedCandidatePairId);
      // Firefox counts the bytes of the pair only.
      stats.bytesReceived = entry.bytesReceived ?? pair?.bytesReceived ?? 0;
      stats.bytesSent = entry.bytesSent ?? pair?.bytesSent ?? 0;
      const local = pair && report.get(pair.localCandidateId);
      const remote = pair && report.get(pair.remoteCandidateId);
      if (local && remote) {
        stats.path = `${local.candidateType} to ${remote.candidateType} over ${local.protocol}`;
      }
    }
  }
  return stats;
})();
