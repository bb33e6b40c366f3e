// A steady tone of this frequency in place of every sent microphone.
const [frequency] = arguments;
return (async () => {
  const context = new AudioContext({ sampleRate: 48_000 });
  await context.resume();
  const out = new MediaStreamAudioDestinationNode(context);
  const tone = new OscillatorNode(context, { frequency });
  const gain = new GainNode(context, { gain: 0.5 });
  tone.connect(gain).connect(out);
  tone.start();
  const [track] = out.stream.getAudioTracks();
  const senders = window.snugProbe.senders();
  for (const sender of senders) {
    if (sender.track?.kind === 'audio') await sender.replaceTrack(track);
  }
  // Kept from the garbage collector.
  window.snugHum = { context, tone };
})();
