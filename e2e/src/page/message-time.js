// Keeps when this page's list of messages first shows this text, in milliseconds since 1970.
const [text] = arguments;
const log = document.querySelector('[role=log]');
window.snugMessageTime = null;
const observer = new MutationObserver(() => {
  if (!log.textContent.includes(text)) return;
  window.snugMessageTime = performance.timeOrigin + performance.now();
  observer.disconnect();
});
observer.observe(log, { childList: true, subtree: true, characterData: true });
