// Samples of all received audio, and the concealed ones.
return (async () => {
  const sound = { concealed: 0, all: 0 };
  for (const connection of window.snugProbe.connections) {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type !== 'inbound-rtp' || entry.kind !== 'audio') continue;
      sound.concealed += entry.concealedSamples - (entry.silentConcealedSamples ?? 0);
      sound.all += entry.totalSamplesReceived;
    }
  }
  return sound;
})();
