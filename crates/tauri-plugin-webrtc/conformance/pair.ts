// Two connections in one page, and how they negotiate.

import { must, next, until } from './assertions.ts';

/** The local description, which must exist. */
export function described(connection: RTCPeerConnection): RTCSessionDescription {
  return must(connection.localDescription, 'the local description');
}

/** Trickles candidates both ways. A candidate waits for its remote description. */
export function trickle(one: RTCPeerConnection, other: RTCPeerConnection): void {
  trickleTo(other, one);
  trickleTo(one, other);
}

function trickleTo(to: RTCPeerConnection, from: RTCPeerConnection): void {
  let early: RTCIceCandidate[] = [];
  const deliver = (): void => {
    const sdp = to.remoteDescription?.sdp ?? '';
    const due = early.filter(({ usernameFragment }) => sdp.includes(`:${usernameFragment}\r\n`));
    early = early.filter((candidate) => !due.includes(candidate));
    for (const candidate of due) {
      // The tests check the states for refused candidates.
      to.addIceCandidate(candidate).catch(() => undefined);
    }
  };
  from.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate === null) return;
    early.push(candidate);
    deliver();
  });
  to.addEventListener('signalingstatechange', deliver);
}

/** One offer and one answer. */
export async function negotiate(
  offerer: RTCPeerConnection,
  answerer: RTCPeerConnection,
): Promise<void> {
  await offerer.setLocalDescription();
  await answer(offerer, answerer);
}

/** Answers an offer that is set already. */
export async function answer(
  offerer: RTCPeerConnection,
  answerer: RTCPeerConnection,
): Promise<void> {
  await answerer.setRemoteDescription(described(offerer));
  await answerer.setLocalDescription();
  await offerer.setRemoteDescription(described(answerer));
}

/** Waits until both are connected. */
export async function connected(...both: readonly RTCPeerConnection[]): Promise<void> {
  for (const connection of both) {
    await until('a connection is connected', () => connection.connectionState === 'connected');
  }
}

/** Trickles and negotiates until both are connected. */
export async function connect(
  offerer: RTCPeerConnection,
  answerer: RTCPeerConnection,
): Promise<void> {
  trickle(offerer, answerer);
  await negotiate(offerer, answerer);
  await connected(offerer, answerer);
}

/** A data channel that is open on both sides. */
export async function channels(
  one: RTCPeerConnection,
  other: RTCPeerConnection,
  options: RTCDataChannelInit = {},
): Promise<readonly [RTCDataChannel, RTCDataChannel]> {
  const near = one.createDataChannel('messages', options);
  const announced = next<RTCDataChannelEvent>(other, 'datachannel');
  if (one.connectionState !== 'connected') await connect(one, other);
  const { channel: far } = await announced;
  await until('both ends are open', () => near.readyState === 'open' && far.readyState === 'open');
  return [near, far];
}

/** The lines with this prefix, without it. */
export function lines(description: RTCSessionDescriptionInit | null, start: string): string[] {
  const all = (description?.sdp ?? '').split('\r\n');
  return all.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
}

/** The m-sections of a description. */
export function sections(description: RTCSessionDescriptionInit | null): string[] {
  return (description?.sdp ?? '')
    .split('\r\nm=')
    .slice(1)
    .map((section) => `m=${section}`);
}
