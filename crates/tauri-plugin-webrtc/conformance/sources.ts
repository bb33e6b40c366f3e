// Tracks to send: the computer's camera, and tones of a known frequency; and how to find out
// what arrives of them.

import { must, until, type Scope } from './kit.ts';

let camera: Promise<MediaStreamTrack> | undefined;
let context: AudioContext | undefined;

/** A track of the one camera, for as long as the test lasts. */
export async function video(scope: Scope): Promise<MediaStreamTrack> {
  camera ??= openCamera();
  const track = (await camera).clone();
  scope.atEnd(() => {
    track.stop();
  });
  return track;
}

async function openCamera(): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 640 }, height: { ideal: 480 } },
  });
  return must(stream.getVideoTracks()[0], 'a camera');
}

/** A tone of this many hertz. */
export async function tone(scope: Scope, frequency = 440): Promise<MediaStreamTrack> {
  const sound = await sounds();
  const oscillator = new OscillatorNode(sound, { frequency });
  const quieter = new GainNode(sound, { gain: 0.5 });
  const destination = new MediaStreamAudioDestinationNode(sound);
  oscillator.connect(quieter).connect(destination);
  oscillator.start();
  scope.atEnd(() => {
    oscillator.stop();
    quieter.disconnect();
  });
  return must(destination.stream.getAudioTracks()[0], 'a track of the tone');
}

/** Where the track's sound is loudest, in hertz; null while it is silent. */
export async function listen(scope: Scope, track: MediaStreamTrack): Promise<() => number | null> {
  const sound = await sounds();
  const stream = new MediaStream([track]);
  // Chromium lets a remote track flow only where an element plays it.
  const element = new Audio();
  element.muted = true;
  element.srcObject = stream;
  void element.play().catch(() => undefined);
  const source = new MediaStreamAudioSourceNode(sound, { mediaStream: stream });
  const analyser = new AnalyserNode(sound, { fftSize: 4096, smoothingTimeConstant: 0 });
  source.connect(analyser);
  scope.atEnd(() => {
    source.disconnect();
    element.srcObject = null;
  });
  const loudness = new Float32Array(analyser.frequencyBinCount);
  return () => {
    analyser.getFloatFrequencyData(loudness);
    const loudest = loudness.reduce(
      (best, now, at) => (now > (loudness[best] ?? 0) ? at : best),
      0,
    );
    const isAudible = (loudness[loudest] ?? -Infinity) > -60;
    return isAudible ? (loudest * sound.sampleRate) / analyser.fftSize : null;
  };
}

/** A video element that shows the track, once its first frame is there. */
export async function shown(scope: Scope, track: MediaStreamTrack): Promise<HTMLVideoElement> {
  const element = document.createElement('video');
  element.muted = true;
  element.playsInline = true;
  element.srcObject = new MediaStream([track]);
  document.body.append(element);
  scope.atEnd(() => {
    element.srcObject = null;
    element.remove();
  });
  void element.play().catch(() => undefined);
  await until('a frame is shown', () => frames(element) > 0);
  return element;
}

/** How many frames it has shown until now. */
export function frames(element: HTMLVideoElement): number {
  return element.getVideoPlaybackQuality().totalVideoFrames;
}

async function sounds(): Promise<AudioContext> {
  context ??= new AudioContext({ sampleRate: 48_000 });
  if (context.state !== 'running') await context.resume();
  return context;
}
