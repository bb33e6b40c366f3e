// Records the times of the first press of a button and of the first remote frame.
const [other] = arguments;
const timestamps = (window.snugTimestamps = { pressed: null, shown: null });
document.addEventListener('click', () => (timestamps.pressed ??= Date.now()), true);
const look = () => {
  const video = [...document.querySelectorAll('video')].find(
    (candidate) => candidate.getAttribute('aria-label') === other,
  );
  // Not by the count of frames, since the app's window counts differently from a browser.
  if (video && video.videoWidth > 0 && video.readyState >= video.HAVE_CURRENT_DATA) {
    timestamps.shown = Date.now();
  } else setTimeout(look, 5);
};
look();
