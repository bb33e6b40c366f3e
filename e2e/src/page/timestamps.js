// Notes when a button was first pressed and when the other's first picture was there.
const [other] = arguments;
const timestamps = (window.snugTimestamps = { pressed: null, shown: null });
document.addEventListener('click', () => (timestamps.pressed ??= Date.now()), true);
const look = () => {
  const video = [...document.querySelectorAll('video')].find(
    (candidate) => candidate.getAttribute('aria-label') === other,
  );
  // Not by the count of frames, which the app's window keeps otherwise than a browser.
  if (video && video.videoWidth > 0 && video.readyState >= video.HAVE_CURRENT_DATA) {
    timestamps.shown = Date.now();
  } else setTimeout(look, 5);
};
look();
