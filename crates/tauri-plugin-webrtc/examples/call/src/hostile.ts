// A page that has changed what the plugin is built on, before it installs the plugin, and then uses
// it. Whether its own calls work is its own affair. It tells the app's other pages over a
// `BroadcastChannel` when it has done its worst.

import { install } from 'tauri-plugin-webrtc-api';

const air = new BroadcastChannel('hostile');

const nothing = (): undefined => undefined;
const fail = (): never => {
  throw new Error('hostile');
};

/** Replaces a member for good. What cannot be replaced stays. */
function replace(owner: object, name: PropertyKey, value: unknown): void {
  try {
    Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  } catch {
    // It is frozen.
  }
}

/** Members that descriptions, statistics and options are read from. */
const POLLUTED = ['type', 'sdp', 'id', 'urls', 'negotiated', 'kind', 'epoch', 'token', 'then'];

async function useAll(): Promise<void> {
  const connection = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:1' }] });
  connection.createDataChannel('a');
  connection.addTransceiver('audio');
  connection.addTransceiver('video');
  await connection.setLocalDescription();
  await connection.getStats();
  connection.close();
}

/** Some of it never settles. */
async function attempt(): Promise<void> {
  await new Promise<unknown>((resolve) => {
    setTimeout(resolve, 500);
    useAll().then(resolve, resolve);
  });
}

/** Sends each message twice, and one of no kind. */
class HostileWorker extends Worker {
  override postMessage(message: unknown, options?: Transferable[] | object): void {
    super.postMessage({ type: 'request', epoch: 0, id: -1, kind: null }, []);
    try {
      super.postMessage(message, []);
    } catch {
      // It must be transferred.
    }
    super.postMessage(message, Array.isArray(options) ? options : []);
  }
}

replace(globalThis, 'Worker', HostileWorker);
replace(globalThis, 'SharedArrayBuffer', undefined);
replace(globalThis, 'queueMicrotask', fail);
replace(globalThis, 'structuredClone', fail);
replace(JSON, 'stringify', () => '{"type":"__proto__"}');
replace(crypto, 'getRandomValues', <T>(array: T): T => array);
replace(navigator.mediaDevices, 'enumerateDevices', fail);
void install().catch(nothing);
await attempt();

for (const name of POLLUTED) replace(Object.prototype, name, 'polluted');
replace(Array.prototype, 'map', nothing);
replace(Array.prototype, 'flatMap', nothing);
replace(Array.prototype, Symbol.iterator, fail);
replace(Map.prototype, 'get', nothing);
replace(EventTarget.prototype, 'dispatchEvent', fail);
replace(String.prototype, 'split', nothing);
await attempt();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
air.postMessage('done');
