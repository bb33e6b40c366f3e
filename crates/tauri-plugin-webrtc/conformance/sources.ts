// Media sources (the camera, tones of known frequency), and how to measure what arrives.

import { must, until, type Scope } from './assertions.ts';

let camera: Promise<MediaStreamTrack> | undefined;
let context: AudioContext | undefined;

/** A track of the shared camera, for the length of the test. */
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

/** A track of a canvas that shows another colour 30 times a second. */
export function painted(scope: Scope): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 320, height: 240 });
  const pen = must(canvas.getContext('2d'), 'a context');
  let hue = 0;
  const paint = (): void => {
    hue = (hue + 7) % 360;
    pen.fillStyle = `hsl(${hue} 90% 50%)`;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  };
  paint();
  const timer = setInterval(paint, 1000 / 30);
  const track = must(canvas.captureStream().getVideoTracks()[0], 'a track of the canvas');
  scope.atEnd(() => {
    clearInterval(timer);
    track.stop();
  });
  return track;
}

/** A tone with this frequency in hertz. */
export async function tone(scope: Scope, frequency = 440): Promise<MediaStreamTrack> {
  const audio = await audioContext();
  const oscillator = new OscillatorNode(audio, { frequency });
  const quieter = new GainNode(audio, { gain: 0.5 });
  const destination = new MediaStreamAudioDestinationNode(audio);
  oscillator.connect(quieter).connect(destination);
  oscillator.start();
  scope.atEnd(() => {
    oscillator.stop();
    quieter.disconnect();
  });
  return must(destination.stream.getAudioTracks()[0], 'a track of the tone');
}

/** The loudest frequency of the track in hertz. Null: silent. */
export async function listen(scope: Scope, track: MediaStreamTrack): Promise<() => number | null> {
  const audio = await audioContext();
  const stream = new MediaStream([track]);
  // Chromium delivers a remote audio track only while an element plays it.
  const element = new Audio();
  element.muted = true;
  element.srcObject = stream;
  void element.play().catch(() => undefined);
  const source = new MediaStreamAudioSourceNode(audio, { mediaStream: stream });
  const analyser = new AnalyserNode(audio, { fftSize: 4096, smoothingTimeConstant: 0 });
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
    return isAudible ? (loudest * audio.sampleRate) / analyser.fftSize : null;
  };
}

/** A video element that shows the track, after its first frame. */
export async function shown(scope: Scope, track: MediaStreamTrack): Promise<HTMLVideoElement> {
  const element = document.createElement('video');
  element.muted = true;
  element.playsInline = true;
  element.srcObject = new MediaStream([track]);
  // Before the list of results: Firefox counts frames of visible elements only.
  document.body.prepend(element);
  scope.atEnd(() => {
    element.srcObject = null;
    element.remove();
  });
  void element.play().catch(() => undefined);
  // Engines may count a frame before the element knows its size.
  await until('a frame is shown', () => frames(element) > 0 && element.videoWidth > 0);
  return element;
}

/** Number of frames shown so far. Firefox has none in `getVideoPlaybackQuality` for streams. */
export function frames(element: HTMLVideoElement): number {
  const count: unknown = Reflect.get(element, 'mozPaintedFrames');
  if (typeof count === 'number') return count;
  return element.getVideoPlaybackQuality().totalVideoFrames;
}

async function audioContext(): Promise<AudioContext> {
  context ??= new AudioContext({ sampleRate: 48_000 });
  if (context.state !== 'running') await context.resume();
  return context;
}
