// What limits the video that this page sends, one text for each connection.
return (async () => {
  const limits = [];
  for (const connection of window.snugProbe.connections) {
    if (connection.connectionState !== 'connected') continue;
    for (const sender of connection.getSenders()) {
      if (sender.track?.kind !== 'video') continue;
      const [encoding] = sender.getParameters().encodings;
      const { active, maxBitrate, maxFramerate, scaleResolutionDownBy } = encoding ?? {};
      const allowed = active
        ? `allowed ${maxBitrate ?? '–'} bit/s, ${maxFramerate ?? '–'}/s, 1/${scaleResolutionDownBy ?? 1}`
        : 'off';
      for (const entry of (await sender.getStats()).values()) {
        if (entry.type !== 'outbound-rtp') continue;
        limits.push(
          `${allowed}; sent ${entry.frameWidth}×${entry.frameHeight}, ` +
            `${entry.framesPerSecond ?? 0}/s, limited by ${entry.qualityLimitationReason}`,
        );
      }
    }
  }
  return limits;
})();
