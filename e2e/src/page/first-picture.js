// From now on, waits for a video with this name. Notes when its first picture is shown, and keeps the
// last one that is shown within so many milliseconds after that.
const [name, duration] = arguments;
const canvas = document.createElement('canvas');
const pen = canvas.getContext('2d');
const noted = { duration, first: null, canvas };
const watched = new WeakSet();
window.snugFirstPicture = noted;

function watch(video) {
  video.requestVideoFrameCallback(() => {
    const now = Date.now();
    noted.first ??= now;
    if (now > noted.first + duration) return;
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    pen.drawImage(video, 0, 0);
    watch(video);
  });
}

new MutationObserver(() => {
  for (const video of document.querySelectorAll('video')) {
    if (video.getAttribute('aria-label') !== name || watched.has(video)) continue;
    watched.add(video);
    watch(video);
  }
}).observe(document, { subtree: true, childList: true, attributes: true });
