// What first-picture.js has kept, so many times as large, as a PNG in base64, with the time of the first
// picture. Null until the time for it is over.
const [scale] = arguments;
const { first, duration, canvas } = window.snugFirstPicture;
if (first === null || Date.now() <= first + duration) return null;
const large = document.createElement('canvas');
large.width = canvas.width * scale;
large.height = canvas.height * scale;
const pen = large.getContext('2d');
pen.imageSmoothingQuality = 'high';
pen.drawImage(canvas, 0, 0, large.width, large.height);
return { first, width: canvas.width, png: large.toDataURL('image/png').split(',')[1] };
