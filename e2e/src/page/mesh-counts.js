// Of all connections of this page together, so far: sent bytes, frames shown and frames encoded.
return (async () => {
  const counts = { sent: 0, shown: 0, encoded: 0 };
  for (const connection of window.snugProbe.connections) {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type === 'transport') counts.sent += entry.bytesSent;
      if (entry.kind !== 'video') continue;
      if (entry.type === 'outbound-rtp') counts.encoded += entry.framesEncoded ?? 0;
      if (entry.type === 'inbound-rtp') counts.shown += entry.framesDecoded ?? 0;
    }
  }
  return counts;
})();
