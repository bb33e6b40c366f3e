// A part of what first-picture.js has kept, so many times as large, as a PNG in base64, with the width of
// all of it and the time of the first picture. The part is left, top, width and height as shares of the
// picture. Null until the time for it is over.
const [scale, [left, top, width, height]] = arguments;
const { first, duration, canvas } = window.snugFirstPicture;
if (first === null || Date.now() <= first + duration) return null;
const { width: all, height: high } = canvas;
const large = document.createElement('canvas');
large.width = Math.round(all * width * scale);
large.height = Math.round(high * height * scale);
const pen = large.getContext('2d');
pen.imageSmoothingQuality = 'high';
const from = [all * left, high * top, all * width, high * height];
pen.drawImage(canvas, ...from, 0, 0, large.width, large.height);
return { first, width: all, png: large.toDataURL('image/png').split(',')[1] };
