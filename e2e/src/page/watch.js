// Counts the frames of one's own video and of the other's from now on, and the longest wait between
// two. While a side's `prints` is a list, it keeps a small print of each frame, to be matched with
// those of the other page. It uses the element's own count: without a graphics processor, the
// window's engine calls no callback for a frame.
const [own, other] = arguments;
const WIDTH = 24;
const HEIGHT = 18;
const POLL_INTERVAL_MS = 8;
const watch = (window.snugWatch = { own: side(), other: side() });

function side() {
  return { frames: 0, longest: 0, last: null, isPrinting: false, prints: [] };
}

function follow(label, side) {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const seek = () => {
    const video = [...document.querySelectorAll('video')].find(
      (candidate) => candidate.getAttribute('aria-label') === label,
    );
    if (!video) return setTimeout(seek, 100);
    let before = shownIn(video);
    const look = () => {
      if (!video.isConnected) return seek();
      const count = shownIn(video);
      if (count > before) note(video, count - before);
      before = count;
      setTimeout(look, POLL_INTERVAL_MS);
    };
    look();
  };
  const note = (video, frames) => {
    const now = performance.now();
    side.frames += frames;
    if (side.last !== null) side.longest = Math.max(side.longest, now - side.last);
    side.last = now;
    if (!side.isPrinting) return;
    pen.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const { data } = pen.getImageData(0, 0, WIDTH, HEIGHT);
    const print = [];
    for (let at = 0; at < data.length; at += 4) {
      print.push(Math.round((data[at] + data[at + 1] + data[at + 2]) / 3));
    }
    side.prints.push({ at: performance.timeOrigin + now, print });
  };
  seek();
}

function shownIn(video) {
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  return totalVideoFrames - droppedVideoFrames;
}

follow(own, watch.own);
follow(other, watch.other);
