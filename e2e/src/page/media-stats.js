// Media from the person whose video has this name: shown frames, audio energy, and the connection of
// both. Null while there is no such video.
const [email] = arguments;
return (async () => {
  const video = [...document.querySelectorAll('video')].find(
    (candidate) => candidate.getAttribute('aria-label') === email,
  );
  if (!video) return null;
  const stats = {
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    width: video.videoWidth,
    height: video.videoHeight,
    energy: 0,
    seconds: 0,
    bytesReceived: 0,
    bytesSent: 0,
    path: null,
    at: performance.now() / 1000,
  };
  const stream = video.srcObject;
  const tracks = stream instanceof MediaStream ? stream.getTracks() : [];
  const connections = window.snugProbe?.connections ?? [];
  const theirs = connections.find((connection) =>
    connection.getReceivers().some((receiver) => tracks.some((track) => track.id === receiver.track.id)),
  );
  if (!theirs) return stats;
  const report = await theirs.getStats();
  for (const entry of report.values()) {
    if (entry.type === 'inbound-rtp' && entry.kind === 'audio') {
      stats.energy = entry.totalAudioEnergy ?? 0;
      stats.seconds = entry.totalSamplesDuration ?? 0;
    }
    if (entry.type === 'transport') {
      stats.bytesReceived = entry.bytesReceived;
      stats.bytesSent = entry.bytesSent;
      const pair = report.get(entry.selectedCandidatePairId);
      const local = pair && report.get(pair.localCandidateId);
      const remote = pair && report.get(pair.remoteCandidateId);
      if (local && remote) {
        stats.path = `${local.candidateType} to ${remote.candidateType} over ${local.protocol}`;
      }
    }
  }
  return stats;
})();
