// Notes when Call was pressed and when the other's first frame came, and accepts a call as soon
// as it rings: people's own time is no part of the measurement.
const [other] = arguments;
const moments = (window.snugMoments = { pressed: null, shown: null });
document.addEventListener('click', () => (moments.pressed ??= Date.now()), true);
const look = () => {
  const named = (tag) => [...document.querySelectorAll(tag)];
  named('button')
    .find((button) => button.textContent.trim() === 'Accept')
    ?.click();
  const video = named('video').find((each) => each.getAttribute('aria-label') === other);
  if (video && video.getVideoPlaybackQuality().totalVideoFrames > 0) moments.shown = Date.now();
  else setTimeout(look, 5);
};
look();
