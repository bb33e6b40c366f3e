// Power of frequencies in each channel of the audio of the video with this name, in decibels: first
// all of the left one, then all of the right one. Null while there is no such audio. The audio context
// and its analysers stay for later calls.
const [name, frequencies] = arguments;
const video = [...document.querySelectorAll('video')].find(
  (candidate) => candidate.getAttribute('aria-label') === name,
);
const [track] = video?.srcObject?.getAudioTracks() ?? [];
if (track === undefined) return null;
window.snugChannels ??= { context: new AudioContext({ sampleRate: 48_000 }), track: null };
const channels = window.snugChannels;
if (channels.track !== track) {
  channels.source?.disconnect();
  channels.track = track;
  const splitter = new ChannelSplitterNode(channels.context, { numberOfOutputs: 2 });
  channels.analysers = [0, 1].map((channel) => {
    const analyser = new AnalyserNode(channels.context, {
      fftSize: 16_384,
      smoothingTimeConstant: 0,
      minDecibels: -140,
    });
    splitter.connect(analyser, channel);
    return analyser;
  });
  channels.source = channels.context.createMediaStreamSource(new MediaStream([track]));
  channels.source.connect(splitter);
}
const width = channels.context.sampleRate / 16_384;
return channels.analysers.map((analyser) => {
  const powers = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(powers);
  // The loudest of the bins around it; silence has minus infinity, which JSON lacks.
  return frequencies.map((frequency) => {
    const bin = Math.round(frequency / width);
    return Math.max(-200, ...powers.subarray(bin - 2, bin + 3));
  });
});
