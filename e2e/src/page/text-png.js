// A white picture with lines of text of 12 pixels at this place, as a PNG in base64.
const [lines, [left, top], [width, height]] = arguments;
const canvas = document.createElement('canvas');
canvas.width = width;
canvas.height = height;
const pen = canvas.getContext('2d');
pen.fillStyle = '#fff';
pen.fillRect(0, 0, width, height);
pen.fillStyle = '#111';
pen.font = '12px "DejaVu Sans", sans-serif';
pen.textBaseline = 'top';
lines.forEach((line, index) => pen.fillText(line, left + 12, top + 10 + index * 18));
return canvas.toDataURL('image/png').split(',')[1];
