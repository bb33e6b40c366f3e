// From now on, notes when this page has no video with this name any more.
const [name] = arguments;
const isThere = () =>
  [...document.querySelectorAll('video')].some(
    (candidate) => candidate.getAttribute('aria-label') === name,
  );
window.snugEndTime = null;
const observer = new MutationObserver(() => {
  if (isThere()) return;
  window.snugEndTime = Date.now();
  observer.disconnect();
});
observer.observe(document, { subtree: true, childList: true, attributes: true });
return isThere();
