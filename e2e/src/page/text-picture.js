// Lines of text of 12 pixels on white, as RGBA in base64.
const [lines, width, height] = arguments;
const canvas = new OffscreenCanvas(width, height);
const pen = canvas.getContext('2d', { willReadFrequently: true });
pen.fillStyle = '#fff';
pen.fillRect(0, 0, width, height);
pen.fillStyle = '#111';
pen.font = '12px "DejaVu Sans", sans-serif';
pen.textBaseline = 'top';
lines.forEach((line, index) => pen.fillText(line, 12, 10 + index * 18));
const bytes = pen.getImageData(0, 0, width, height).data;
let text = '';
for (let at = 0; at < bytes.length; at += 0x8000) {
  text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
}
return btoa(text);
