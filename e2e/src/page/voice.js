// Synthetic speech in place of every sent microphone: a pitch with overtones, in syllables. A speech
// encoder treats it like a voice; test tones are noise to it.
const PERIOD_SECONDS = 4;
const PITCH_HZ = 120;
const SYLLABLES = 4;
const OVERTONES = 19;
const AMPLITUDE = 0.2;

function spoken(context) {
  const { sampleRate } = context;
  const buffer = new AudioBuffer({ length: PERIOD_SECONDS * sampleRate, sampleRate });
  const samples = buffer.getChannelData(0);
  for (let at = 0; at < samples.length; at += 1) {
    const time = at / sampleRate;
    // Rises and falls, and repeats after these seconds.
    const turns = PITCH_HZ * time - 7 * Math.cos(Math.PI * time);
    let sample = 0.05 * (Math.random() - 0.5);
    for (let tone = 1; tone <= OVERTONES; tone += 1) {
      sample += Math.sin(2 * Math.PI * turns * tone) / tone;
    }
    const syllable = (0.5 + 0.5 * Math.sin(2 * Math.PI * SYLLABLES * time)) ** 2;
    samples[at] = AMPLITUDE * syllable * sample;
  }
  return buffer;
}

return (async () => {
  const context = new AudioContext({ sampleRate: 48_000 });
  await context.resume();
  const out = new MediaStreamAudioDestinationNode(context);
  const source = new AudioBufferSourceNode(context, { buffer: spoken(context), loop: true });
  source.connect(out);
  source.start();
  const [track] = out.stream.getAudioTracks();
  const senders = window.snugProbe.senders();
  for (const sender of senders) {
    if (sender.track?.kind === 'audio') await sender.replaceTrack(track);
  }
  // Kept from the garbage collector.
  window.snugVoice = { context, source };
})();
