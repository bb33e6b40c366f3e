// The video codecs of every connection, in both directions, of the video that has passed so far.
return (async () => {
  const codecs = { sent: [], received: [] };
  const counted = { 'outbound-rtp': ['framesEncoded', 'sent'], 'inbound-rtp': ['framesDecoded', 'received'] };
  for (const connection of window.snugProbe.connections) {
    const report = await connection.getStats();
    for (const entry of report.values()) {
      const [frames, way] = counted[entry.type] ?? [];
      if (way === undefined || entry.kind !== 'video' || !(entry[frames] > 0)) continue;
      codecs[way].push(report.get(entry.codecId)?.mimeType ?? null);
    }
  }
  return codecs;
})();
