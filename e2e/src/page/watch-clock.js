// Reads the clock in the corner of the video with this name at each shown frame: sixteen fields, the
// lowest bit of the milliseconds first. Keeps the age of each frame.
const [name, fields, share] = arguments;
const video = [...document.querySelectorAll('video')].find(
  (candidate) => candidate.getAttribute('aria-label') === name,
);
if (!video) return false;
const canvas = new OffscreenCanvas(fields, 1);
const pen = canvas.getContext('2d', { willReadFrequently: true });
const ages = [];
const look = () => {
  const now = Date.now();
  const { videoWidth: width, videoHeight: height } = video;
  pen.drawImage(video, 0, 0, width * share.x, height * share.y, 0, 0, fields, 1);
  const { data } = pen.getImageData(0, 0, fields, 1);
  let clock = 0;
  for (let bit = 0; bit < fields; bit += 1) if (data[bit * 4 + 1] > 127) clock += 2 ** bit;
  ages.push((now - clock) & (2 ** fields - 1));
  video.requestVideoFrameCallback(look);
};
video.requestVideoFrameCallback(look);
window.snugAges = ages;
return true;
