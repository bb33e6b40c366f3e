// `RTCPeerConnection` in the frames of a page (`iframe` with `srcdoc` or a page of the same origin).
// They use the page's bridge and its media worker.
//
// Invariant: a frame's connections close with its document. A frame of another origin gets nothing.

import type { PeerConnection } from './api/peer-connection.ts';

/** Under this symbol a frame finds the page's function (src/frame.js). */
const INSTALL = Symbol.for('tauri-plugin-webrtc');

type Interfaces = Readonly<Record<string, unknown>> & {
  readonly RTCPeerConnection: typeof PeerConnection;
};

/** Frames that come later, and those that are there, get the interfaces. */
export function installInFrames(interfaces: Interfaces): void {
  offerToFrames(window, interfaces);
}

function offerToFrames(page: Window, interfaces: Interfaces): void {
  Object.defineProperty(page, INSTALL, {
    value: (frame: Window) => installIn(frame, interfaces),
    configurable: true,
  });
  for (let index = 0; index < page.length; index += 1) {
    const frame = page[index];
    if (frame !== undefined && isReachable(frame)) installIn(frame, interfaces);
  }
}

function isReachable(frame: Window): boolean {
  try {
    return frame.document !== null;
  } catch {
    return false;
  }
}

function installIn(frame: Window, interfaces: Interfaces): void {
  if ('RTCPeerConnection' in frame) return;
  for (const [name, value] of Object.entries(interfaces)) {
    const own = name === 'RTCPeerConnection' ? connectionOf(frame, interfaces) : value;
    Object.defineProperty(frame, name, { value: own, configurable: true, writable: true });
  }
  offerToFrames(frame, interfaces);
}

/** The class for the frame. */
function connectionOf(frame: Window, { RTCPeerConnection }: Interfaces): typeof PeerConnection {
  const open = new Set<WeakRef<PeerConnection>>();
  const FrameConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      open.add(new WeakRef(this));
    }
  };
  Object.defineProperty(FrameConnection, 'name', { value: 'RTCPeerConnection' });
  frame.addEventListener('pagehide', () => {
    for (const connection of open) connection.deref()?.close();
    open.clear();
  });
  return FrameConnection;
}
