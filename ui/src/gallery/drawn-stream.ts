// A fake camera and microphone: a drawn person in a drawn room, and a tone.

import { redraw } from './redraw';

const WIDTH = 1280;
const HEIGHT = 720;
const FRAMES_PER_SECOND = 15;

/** Colours of wall, floor, skin, hair and clothes, one set per person. */
const COLOURS: readonly (readonly [string, string, string, string, string])[] = [
  ['#8fa8b8', '#5d7281', '#e0ac86', '#3a2a20', '#2f4858'],
  ['#c8b8a0', '#8d7a60', '#c68a62', '#1d1613', '#7b3f3f'],
  ['#9fb59a', '#66805f', '#8a5a3c', '#15110f', '#d9a441'],
  ['#b7a6c4', '#75618a', '#efc4a0', '#8a5a2b', '#2d5d50'],
  ['#a9bcc9', '#6c8494', '#e6b593', '#55504c', '#3f4d7a'],
  ['#cdb4a4', '#92705d', '#b5794f', '#221a16', '#38626b'],
  ['#b2b59b', '#767a5c', '#dba583', '#c9bfb2', '#6a3d5c'],
  ['#9db1b0', '#5d7776', '#f0caa8', '#c48b3c', '#41506b'],
  ['#c0adb0', '#85696e', '#d39c74', '#2b201b', '#4f6b3f'],
];

export function drawnStream(person: number, audible: boolean): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d');
  if (context === null) return new MediaStream();
  const [wall, floor, skin, hair, clothes] = COLOURS[person % COLOURS.length] ?? COLOURS[0] ?? [];
  if (wall === undefined || floor === undefined || skin === undefined) return new MediaStream();
  if (hair === undefined || clothes === undefined) return new MediaStream();
  const pen = context;

  function draw() {
    const now = performance.now();
    const sway = Math.sin(now / 900 + person) * 14;
    room(pen, wall ?? '', floor ?? '', person);
    body(pen, WIDTH / 2 + sway, skin ?? '', hair ?? '', clothes ?? '');
  }
  draw();

  const stream = canvas.captureStream(FRAMES_PER_SECOND);
  redraw(draw, 1000 / FRAMES_PER_SECOND);
  if (audible) stream.addTrack(waveringTone());
  return stream;
}

function room(pen: CanvasRenderingContext2D, wall: string, floor: string, person: number) {
  const light = pen.createLinearGradient(0, 0, WIDTH, HEIGHT);
  light.addColorStop(0, wall);
  light.addColorStop(1, floor);
  pen.fillStyle = light;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = 'rgb(255 255 255 / 18%)';
  const left = person % 2 === 0 ? 90 : WIDTH - 370;
  pen.fillRect(left, 90, 280, 220);
  pen.fillStyle = 'rgb(0 0 0 / 14%)';
  pen.fillRect(person % 2 === 0 ? WIDTH - 330 : 70, 250, 260, 16);
  for (let book = 0; book < 6; book += 1) {
    const x = (person % 2 === 0 ? WIDTH - 320 : 80) + book * 40;
    const tall = 70 + ((book * 37 + person * 13) % 50);
    pen.fillRect(x, 250 - tall, 28, tall);
  }
}

function body(
  pen: CanvasRenderingContext2D,
  x: number,
  skin: string,
  hair: string,
  clothes: string,
) {
  ellipse(pen, clothes, x, HEIGHT + 60, 330, 270);
  pen.fillStyle = skin;
  pen.fillRect(x - 52, 430, 104, 110);
  ellipse(pen, hair, x, 300, 150, 172);
  ellipse(pen, skin, x, 330, 122, 152);
  ellipse(pen, hair, x, 205, 118, 62);
  ellipse(pen, 'rgb(30 20 16 / 85%)', x - 46, 330, 11, 13);
  ellipse(pen, 'rgb(30 20 16 / 85%)', x + 46, 330, 11, 13);
  pen.strokeStyle = 'rgb(90 40 30 / 75%)';
  pen.lineWidth = 8;
  pen.lineCap = 'round';
  pen.beginPath();
  pen.arc(x, 375, 48, 0.2 * Math.PI, 0.8 * Math.PI);
  pen.stroke();
}

function ellipse(
  pen: CanvasRenderingContext2D,
  fill: string,
  x: number,
  y: number,
  wide: number,
  tall: number,
) {
  pen.fillStyle = fill;
  pen.beginPath();
  pen.ellipse(x, y, wide, tall, 0, 0, 2 * Math.PI);
  pen.fill();
}

export function waveringTone(): MediaStreamTrack {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const swell = context.createOscillator();
  const volume = context.createGain();
  const depth = context.createGain();
  const out = context.createMediaStreamDestination();
  swell.frequency.value = 0.7;
  volume.gain.value = 0.08;
  depth.gain.value = 0.05;
  swell.connect(depth).connect(volume.gain);
  tone.connect(volume).connect(out);
  tone.start();
  swell.start();
  const [track] = out.stream.getAudioTracks();
  if (track === undefined) throw new Error('An audio destination always has a track.');
  return track;
}
