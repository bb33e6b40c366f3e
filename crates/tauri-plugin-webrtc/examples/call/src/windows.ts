// The page of two windows of one app, which call each other at once. Their messages pass over a
// `BroadcastChannel`. The results of both are in `globalThis.windows`.

import { install } from 'tauri-plugin-webrtc-api';

/** What has arrived in a window. */
interface Arrived {
  readonly texts: readonly string[];
  /** In the connection that it offered, and in the other one. */
  readonly frames: readonly number[];
}

/** An empty one: its window is there. */
interface Message {
  /** The window that offers this message's connection. */
  readonly call?: string;
  readonly description?: RTCSessionDescriptionInit;
  readonly candidate?: RTCIceCandidateInit;
  readonly arrived?: Arrived;
}

declare global {
  var windows: { readonly own: () => Promise<Arrived>; other: Arrived | null } | undefined;
}

const id = crypto.randomUUID();
const air = new BroadcastChannel('windows');
const calls = new Map<string, RTCPeerConnection>();
const texts: string[] = [];

const post = (message: Message): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
  air.postMessage(message);
};

function connectionOf(call: string): RTCPeerConnection {
  const known = calls.get(call);
  if (known !== undefined) return known;
  const connection = new RTCPeerConnection();
  calls.set(call, connection);
  connection.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate !== null) post({ call, candidate: candidate.toJSON() });
  });
  const channel = connection.createDataChannel('chat', { negotiated: true, id: 1 });
  channel.addEventListener('open', () => channel.send(`of ${call === id ? 'my' : 'your'} call`));
  channel.addEventListener('message', ({ data }) => texts.push(String(data)));
  connection.addTrack(painted());
  return connection;
}

function painted(): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  let hue = 0;
  setInterval(() => {
    if (pen === null) return;
    hue = (hue + 7) % 360;
    pen.fillStyle = `hsl(${hue} 90% 50%)`;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }, 50);
  const [track] = canvas.captureStream().getVideoTracks();
  if (track === undefined) throw new Error('a canvas has no track');
  return track;
}

async function describe(call: string, connection: RTCPeerConnection): Promise<void> {
  await connection.setLocalDescription();
  const { localDescription } = connection;
  if (localDescription !== null) post({ call, description: localDescription.toJSON() });
}

async function receive({ call, description, candidate, arrived }: Message): Promise<void> {
  if (arrived !== undefined) {
    if (globalThis.windows !== undefined) globalThis.windows.other = arrived;
    return;
  }
  if (call === undefined) {
    // The other window is there.
    if (calls.has(id)) return;
    post({});
    await describe(id, connectionOf(id));
    return;
  }
  const connection = connectionOf(call);
  if (candidate !== undefined) await connection.addIceCandidate(candidate);
  if (description === undefined) return;
  await connection.setRemoteDescription(description);
  if (description.type === 'offer') await describe(call, connection);
}

async function framesOf(connection: RTCPeerConnection): Promise<number> {
  let frames = 0;
  (await connection.getStats()).forEach((entry: { type: string; framesDecoded?: number }) => {
    if (entry.type === 'inbound-rtp') frames += entry.framesDecoded ?? 0;
  });
  return frames;
}

async function own(): Promise<Arrived> {
  return { texts, frames: await Promise.all([...calls.values()].map(framesOf)) };
}

let received = Promise.resolve();
air.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  received = received.then(() => receive(data));
});
await install();
globalThis.windows = { own, other: null };
post({});
setInterval(() => void own().then((arrived) => post({ arrived })), 250);
