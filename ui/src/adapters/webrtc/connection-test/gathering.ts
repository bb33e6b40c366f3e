// Gathers the candidates of connections that connect with nobody: one asks the servers by UDP, one
// by TCP and TLS, so that a silent server of one kind hides none of the other.
//
// Chromium reports a silent server by nothing but a gathering that does not end.

import {
  asksByUdp,
  type Gathered,
  type RelayProtocol,
} from '../../../engine/connection-test/findings';
import type { IceServerConfig } from '../../../engine/state';
import { configurationOf } from './configuration';

/** A request of STUN is sent six times until then (RFC 8489, 6.2.1). */
const GATHERING_MS = 8_000;
/** A server did not answer (webrtc-pc, 4.8.2). */
const UNREACHABLE = 701;

interface OneGathering {
  readonly candidates: readonly RTCIceCandidate[];
  /** `cut-off`: a server did not answer. */
  readonly end: 'complete' | 'cut-off';
}

export async function gather(
  servers: readonly IceServerConfig[],
  signal: AbortSignal,
): Promise<Gathered> {
  const [byUdp, byStream] = await Promise.all([
    gatherWith(only(servers, asksByUdp), signal),
    gatherWith(
      only(servers, (url) => !asksByUdp(url)),
      signal,
    ),
  ]);
  const hasUdp = (type: RTCIceCandidateType): boolean =>
    byUdp.candidates.some((candidate) => candidate.type === type);
  const relay: readonly RelayProtocol[] = [
    ...(hasUdp('relay') ? (['udp'] as const) : []),
    ...new Set(byStream.candidates.flatMap(streamProtocol)),
  ];
  return {
    host: hasUdp('host'),
    reflexive: hasUdp('srflx'),
    relay,
    udpUnanswered: byUdp.end === 'cut-off' && !hasUdp('srflx') && !hasUdp('relay'),
  };
}

async function gatherWith(
  servers: readonly IceServerConfig[],
  signal: AbortSignal,
): Promise<OneGathering> {
  const candidates: RTCIceCandidate[] = [];
  let end: OneGathering['end'] = 'cut-off';
  let connection: RTCPeerConnection;
  try {
    connection = new RTCPeerConnection(configurationOf(servers, 'all'));
  } catch {
    // The engine refuses the servers of the relay.
    return { candidates, end };
  }
  let failures = 0;
  connection.addEventListener('icecandidateerror', ({ errorCode }) => {
    if (errorCode === UNREACHABLE) failures += 1;
  });
  const complete = new Promise<void>((resolve) => {
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) {
        end = failures === 0 ? 'complete' : 'cut-off';
        resolve();
      } else if (candidate.candidate !== '') candidates.push(candidate);
    });
    signal.addEventListener('abort', () => resolve());
    setTimeout(resolve, GATHERING_MS);
  });
  try {
    connection.createDataChannel('test');
    await connection.setLocalDescription();
    await complete;
  } catch {
    // What was gathered so far is what there is.
  } finally {
    connection.close();
  }
  return { candidates, end };
}

function only(
  servers: readonly IceServerConfig[],
  wanted: (url: string) => boolean,
): readonly IceServerConfig[] {
  return servers.flatMap((server) => {
    const urls = server.urls.filter(wanted);
    return urls.length === 0 ? [] : [{ ...server, urls }];
  });
}

/** Newer than the types of the language. */
type CandidateWithUrl = RTCIceCandidate & { readonly url?: string | null };

function streamProtocol({ type, url }: CandidateWithUrl): readonly RelayProtocol[] {
  if (type !== 'relay') return [];
  return [url?.startsWith('turns:') === true ? 'tls' : 'tcp'];
}
