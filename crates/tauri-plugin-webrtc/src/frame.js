// Runs at the beginning of every frame. A frame of the page's own origin asks the page for the
// interfaces (guest-js/frames.ts); the page itself gets them from `install()`.
(() => {
  if (window.parent === window || 'RTCPeerConnection' in window) return;
  try {
    window.parent[Symbol.for('tauri-plugin-webrtc')]?.(window);
  } catch {
    // The parent is of another origin.
  }
})();
