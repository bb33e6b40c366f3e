// Power of frequencies in the audio of the video with this name, in decibels. Null while there is no
// such audio. The audio context and its analyser stay for later calls.
const [name, frequencies] = arguments;
const video = [...document.querySelectorAll('video')].find(
  (candidate) => candidate.getAttribute('aria-label') === name,
);
const [track] = video?.srcObject?.getAudioTracks() ?? [];
if (track === undefined) return null;
window.snugTones ??= { context: new AudioContext({ sampleRate: 48_000 }), track: null };
const tones = window.snugTones;
if (tones.track !== track) {
  tones.source?.disconnect();
  tones.track = track;
  tones.analyser = new AnalyserNode(tones.context, {
    fftSize: 16_384,
    smoothingTimeConstant: 0,
    minDecibels: -140,
  });
  tones.source = tones.context.createMediaStreamSource(new MediaStream([track]));
  tones.source.connect(tones.analyser);
}
const powers = new Float32Array(tones.analyser.frequencyBinCount);
tones.analyser.getFloatFrequencyData(powers);
const width = tones.context.sampleRate / tones.analyser.fftSize;
// The loudest of the bins around it; silence has minus infinity, which JSON lacks.
return frequencies.map((frequency) => {
  const bin = Math.round(frequency / width);
  return Math.max(-200, ...powers.subarray(bin - 2, bin + 3));
});
