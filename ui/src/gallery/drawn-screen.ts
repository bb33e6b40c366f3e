// A fake shared screen: a page of small text beside a chart, 1920×1080.

import type { ScreenSource, Thumbnail } from '../ports';
import { waveringTone } from './drawn-stream';
import { redraw } from './redraw';

const WIDTH = 1920;
const HEIGHT = 1080;
const LINES = [
  'Agenda of the weekly meeting',
  '1. What was shipped since last week, and what came back',
  '2. The release: who tests which system, and until when',
  '3. Questions of hosts: certificates, ports, the size of the machine',
  '4. Anything else, then five minutes of quiet',
  '',
  'Open points are in the list on the right. Add yours before Thursday.',
];

export function drawnScreen(person: number, audible: boolean): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext('2d');
  if (pen === null) return new MediaStream();
  const draw = () => page(pen, person);
  draw();
  const stream = canvas.captureStream(5);
  redraw(draw, 200);
  if (audible) stream.addTrack(waveringTone());
  return stream;
}

/** What the picker shows of a source. */
export function drawnThumbnail(person: number, source: ScreenSource): Thumbnail | null {
  const scale = Math.min(240 / source.width, 150 / source.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(source.width * scale);
  canvas.height = Math.round(source.height * scale);
  const pen = canvas.getContext('2d');
  if (pen === null) return null;
  pen.scale(canvas.width / WIDTH, canvas.height / HEIGHT);
  page(pen, person);
  const { width, height, data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  return { width, height, rgba: data };
}

function page(pen: CanvasRenderingContext2D, person: number) {
  pen.fillStyle = '#eef1f4';
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = '#31425a';
  pen.fillRect(0, 0, WIDTH, 56);
  pen.fillStyle = '#ffffff';
  pen.fillRect(80, 110, 1120, 890);
  pen.fillRect(1260, 110, 580, 890);
  pen.fillStyle = '#ffffff';
  pen.font = '24px sans-serif';
  pen.fillText(`notes-${person}.txt`, 32, 38);
  pen.fillStyle = '#1d2733';
  LINES.forEach((line, index) => {
    pen.font = index === 0 ? '600 40px sans-serif' : '26px sans-serif';
    pen.fillText(line, 130, 190 + index * 52);
  });
  pen.font = '13px sans-serif';
  for (let row = 0; row < 16; row += 1) {
    pen.fillText(
      `${row + 1}  Small print, twelve pixels high, to be read by people who watch.`,
      130,
      620 + row * 22,
    );
  }
  for (let bar = 0; bar < 7; bar += 1) {
    const tall = 90 + ((bar * 83 + person * 47) % 420);
    pen.fillStyle = bar % 2 === 0 ? '#3f6ea8' : '#8fb0d6';
    pen.fillRect(1310 + bar * 70, 900 - tall, 46, tall);
  }
}
