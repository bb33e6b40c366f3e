// A connection of the page with itself that only relayed candidates may carry: what arrives went out
// by this line to the TURN server, and came back by it.
//
// Invariant: it sends at most `MAX_BPS`, for `TRANSFER_MS`.

import type { RelayedFinding } from '../../../engine/connection-test/findings';
import type { IceServerConfig } from '../../../engine/state';
import { configurationOf } from './configuration';

const CONNECT_MS = 12_000;
const TRANSFER_MS = 3_000;
/** Until then the congestion control only learns what the path carries. */
const LEARNING_MS = 1_000;
/** Enough to prove that a full room of small pictures fits; more would only cost the relay. */
const MAX_BPS = 4_000_000;
const CHUNK_BYTES = 8 * 1024;
const TICK_MS = 20;
/** What waits here has not been sent. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** Of what could be sent at most. */
const FULL_SHARE = 0.9;
const PINGS = 5;

export async function relayedTransfer(
  servers: readonly IceServerConfig[],
  signal: AbortSignal,
): Promise<RelayedFinding> {
  let ends: readonly RTCPeerConnection[] = [];
  try {
    const sender = new RTCPeerConnection(configurationOf(servers, 'relay'));
    const receiver = new RTCPeerConnection(configurationOf(servers, 'relay'));
    ends = [sender, receiver];
    const channel = sender.createDataChannel('test', { negotiated: true, id: 0 });
    const other = receiver.createDataChannel('test', { negotiated: true, id: 0 });
    other.binaryType = 'arraybuffer';
    channel.binaryType = 'arraybuffer';
    await within(CONNECT_MS, signal, connect(sender, receiver, channel));
    const roundTripMs = await within(CONNECT_MS, signal, roundTrip(channel, other));
    const bps = await transfer(channel, other, signal);
    if (bps === 0) return { kind: 'failed' };
    return { kind: 'passed', bps, roundTripMs, full: bps >= MAX_BPS * FULL_SHARE };
  } catch {
    return { kind: 'failed' };
  } finally {
    for (const end of ends) end.close();
  }
}

async function connect(
  sender: RTCPeerConnection,
  receiver: RTCPeerConnection,
  channel: RTCDataChannel,
): Promise<void> {
  const open = new Promise<void>((resolve, reject) => {
    channel.addEventListener('open', () => resolve());
    sender.addEventListener('connectionstatechange', () => {
      if (sender.connectionState === 'failed') reject(new Error('No relayed path.'));
    });
  });
  // The failure may come while the descriptions are still exchanged.
  open.catch(() => undefined);
  passCandidates(sender, receiver);
  passCandidates(receiver, sender);
  await sender.setLocalDescription();
  await receiver.setRemoteDescription(described(sender));
  await receiver.setLocalDescription();
  await sender.setRemoteDescription(described(receiver));
  await open;
}

/** Candidates may come before the other end has the description they belong to. */
function passCandidates(from: RTCPeerConnection, to: RTCPeerConnection): void {
  const early: RTCIceCandidate[] = [];
  const add = (candidate: RTCIceCandidate): void => {
    to.addIceCandidate(candidate).catch(() => undefined);
  };
  from.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate === null || candidate.candidate === '') return;
    if (to.remoteDescription === null) early.push(candidate);
    else add(candidate);
  });
  to.addEventListener('signalingstatechange', () => {
    if (to.remoteDescription !== null) for (const candidate of early.splice(0)) add(candidate);
  });
}

function described({ localDescription }: RTCPeerConnection): RTCSessionDescription {
  if (localDescription === null) throw new Error('There is no description.');
  return localDescription;
}

/** The shortest of some: the first ones also open the path. */
async function roundTrip(channel: RTCDataChannel, other: RTCDataChannel): Promise<number> {
  const echo = ({ data }: MessageEvent<unknown>): void => {
    if (typeof data === 'string') other.send(data);
  };
  other.addEventListener('message', echo);
  const times: number[] = [];
  for (let ping = 0; ping < PINGS; ping += 1) {
    const sentAt = performance.now();
    const answered = new Promise<void>((resolve) => {
      channel.addEventListener('message', () => resolve(), { once: true });
    });
    channel.send('ping');
    await answered;
    times.push(performance.now() - sentAt);
  }
  other.removeEventListener('message', echo);
  return Math.min(...times);
}

/** Bits per second that arrived. */
async function transfer(
  channel: RTCDataChannel,
  other: RTCDataChannel,
  signal: AbortSignal,
): Promise<number> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  crypto.getRandomValues(chunk);
  const begin = performance.now();
  let sent = 0;
  let arrived = 0;
  other.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const isLearnt = performance.now() - begin >= LEARNING_MS;
    if (isLearnt && data instanceof ArrayBuffer) arrived += data.byteLength;
  });
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = performance.now() - begin;
      if (elapsed >= TRANSFER_MS || signal.aborted || channel.readyState !== 'open') {
        clearInterval(timer);
        return resolve();
      }
      const due = (elapsed / 1000) * (MAX_BPS / 8);
      while (sent < due && channel.bufferedAmount < MAX_BUFFERED_BYTES) {
        channel.send(chunk);
        sent += CHUNK_BYTES;
      }
    }, TICK_MS);
  });
  const seconds = (performance.now() - begin - LEARNING_MS) / 1000;
  return seconds <= 0 ? 0 : (arrived * 8) / seconds;
}

function within<T>(ms: number, signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(new Error('It took too long.'));
    setTimeout(give, ms);
    signal.addEventListener('abort', give);
    work.then(resolve, reject);
  });
}
