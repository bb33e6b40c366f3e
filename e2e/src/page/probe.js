// Runs in every Chromium and Firefox document before the page does, and in a window's when it is
// measured. It keeps the page's peer connections, for their statistics, and the refusals of its
// content security policy. `policy` is the iceTransportPolicy that a test sets for every later connection.
(() => {
  if ('snugProbe' in window) return;
  const probe = {
    connections: [],
    refused: [],
    policy: null,
    /** A call may have made a connection again. The closed one has the same tracks. */
    open() {
      return probe.connections.filter(({ signalingState }) => signalingState !== 'closed');
    },
    senders() {
      return probe.open().flatMap((connection) => connection.getSenders());
    },
  };
  Object.defineProperty(window, 'snugProbe', { value: probe });
  document.addEventListener('securitypolicyviolation', (event) => {
    probe.refused.push(`${event.violatedDirective}: ${event.blockedURI}`);
  });
  const Native = window.RTCPeerConnection;
  if (!Native) return;
  window.RTCPeerConnection = class extends Native {
    constructor(...settings) {
      if (probe.policy !== null) settings[0] = { ...settings[0], iceTransportPolicy: probe.policy };
      super(...settings);
      probe.connections.push(this);
    }
  };
})();
