// Runs in every Chromium document before the page does, and in a window's when it is measured:
// keeps the page's peer connections, so that figures can be asked of them, and what its content
// security policy had to refuse.
(() => {
  if ('snugProbe' in window) return;
  const probe = { connections: [], refused: [] };
  Object.defineProperty(window, 'snugProbe', { value: probe });
  document.addEventListener('securitypolicyviolation', (event) => {
    probe.refused.push(`${event.violatedDirective}: ${event.blockedURI}`);
  });
  const Native = window.RTCPeerConnection;
  if (!Native) return;
  window.RTCPeerConnection = class extends Native {
    constructor(...settings) {
      super(...settings);
      probe.connections.push(this);
    }
  };
})();
