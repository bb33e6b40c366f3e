// Encoded and decoded frames of each connection that `fan.js` made.
return (async () => {
  const frames = [];
  for (const connection of window.snugFan.connections) {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.kind !== 'video') continue;
      if (entry.type === 'outbound-rtp') frames.push(entry.framesEncoded ?? 0);
      if (entry.type === 'inbound-rtp') frames.push(entry.framesDecoded ?? 0);
    }
  }
  return frames;
})();
