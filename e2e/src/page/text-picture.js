// A white picture of this size with lines of text of 12 pixels at this place, in base64: as a PNG, or as
// RGBA.
const [lines, [left, top], [width, height], form] = arguments;
const canvas = document.createElement('canvas');
canvas.width = width;
canvas.height = height;
const pen = canvas.getContext('2d', { willReadFrequently: true });
pen.fillStyle = '#fff';
pen.fillRect(0, 0, width, height);
pen.fillStyle = '#111';
pen.font = '12px "DejaVu Sans", sans-serif';
pen.textBaseline = 'top';
lines.forEach((line, index) => pen.fillText(line, left + 12, top + 10 + index * 18));
if (form === 'png') return canvas.toDataURL('image/png').split(',')[1];
const bytes = pen.getImageData(0, 0, width, height).data;
let text = '';
for (let at = 0; at < bytes.length; at += 0x8000) {
  text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
}
return btoa(text);
