// Two connections in one page, and what passes between them.

import { must, next, until } from './kit.ts';

/** One's own description, which must be there. */
export function described(connection: RTCPeerConnection): RTCSessionDescription {
  return must(connection.localDescription, 'the local description');
}

/** Each gets the other's candidates as soon as it knows the description that they belong to. */
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
      // What a connection refuses shows in its state; the test looks there.
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

/** The answer to an offer that is set already. */
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

/** Candidates both ways, one offer and one answer, until both are connected. */
export async function connect(
  offerer: RTCPeerConnection,
  answerer: RTCPeerConnection,
): Promise<void> {
  trickle(offerer, answerer);
  await negotiate(offerer, answerer);
  await connected(offerer, answerer);
}

/** A channel from one to the other, open at both ends. */
export async function channels(
  one: RTCPeerConnection,
  other: RTCPeerConnection,
  options: RTCDataChannelInit = {},
): Promise<readonly [RTCDataChannel, RTCDataChannel]> {
  const near = one.createDataChannel('letters', options);
  const announced = next<RTCDataChannelEvent>(other, 'datachannel');
  if (one.connectionState !== 'connected') await connect(one, other);
  const { channel: far } = await announced;
  await until('both ends are open', () => near.readyState === 'open' && far.readyState === 'open');
  return [near, far];
}

/** The lines of the description that begin with this, without it. */
export function lines(description: RTCSessionDescriptionInit | null, start: string): string[] {
  const all = (description?.sdp ?? '').split('\r\n');
  return all.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
}

/** The description's parts that begin with an m-line each. */
export function sections(description: RTCSessionDescriptionInit | null): string[] {
  return (description?.sdp ?? '')
    .split('\r\nm=')
    .slice(1)
    .map((section) => `m=${section}`);
}
