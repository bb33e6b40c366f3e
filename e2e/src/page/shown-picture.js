// What a part of the video with this name shows now, so many times as large, as a PNG in base64, with
// the width of all of it. The part is left, top, width and height as shares of the picture. Null while it
// shows nothing.
const [name, scale, part] = arguments;
const video = [...document.querySelectorAll('video')].find(
  (candidate) => candidate.getAttribute('aria-label') === name,
);
if (!video || video.videoWidth === 0) return null;
const { videoWidth: all, videoHeight: high } = video;
const [left, top, width, height] = part;
const large = document.createElement('canvas');
large.width = Math.round(all * width * scale);
large.height = Math.round(high * height * scale);
const pen = large.getContext('2d');
pen.imageSmoothingQuality = 'high';
const from = [all * left, high * top, all * width, high * height];
pen.drawImage(video, ...from, 0, 0, large.width, large.height);
return { width: all, png: large.toDataURL('image/png').split(',')[1] };
