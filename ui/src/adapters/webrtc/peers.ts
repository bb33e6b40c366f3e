// The peer connections of a call, by peer id.
//
// Invariant: each connection sends the captured tracks from its start and after each change.

import type { PeerEvent } from '../../engine/event';
import type { PeerId } from '../../engine/state';
import type { PeersPort, StreamSource } from '../../ports';
import type { CapturedTracks } from './media';
import { peerConnection, type PeerConnection } from './peer-connection';

const NOTHING: StreamSource = { get: () => null, subscribe: () => () => undefined };

export function peers(captured: CapturedTracks): PeersPort {
  const open = new Map<PeerId, PeerConnection>();
  let listener: ((event: PeerEvent) => void) | null = null;
  const tell = (event: PeerEvent): void => listener?.(event);

  captured.subscribe(() => {
    for (const each of open.values()) each.sendCaptured();
  });

  const close = (peer: PeerId): void => {
    open.get(peer)?.close();
    open.delete(peer);
  };

  return {
    close,
    listen(heard) {
      listener = heard;
    },
    open(peer, iceServers, video) {
      close(peer);
      const connect = (servers: typeof iceServers): PeerConnection =>
        peerConnection(peer, servers, video, captured, tell);
      try {
        open.set(peer, connect(iceServers));
      } catch {
        // The browser rejects the ICE servers of the relay. Without them a call may still work.
        open.set(peer, connect([]));
      }
    },
    offer: (peer) => open.get(peer)?.offer(),
    acceptOffer: (peer, offer) => open.get(peer)?.acceptOffer(offer),
    acceptAnswer: (peer, answer) => open.get(peer)?.acceptAnswer(answer),
    addCandidate: (peer, candidate) => open.get(peer)?.addCandidate(candidate),
    restartIce: (peer) => open.get(peer)?.restartIce(),
    remote: (peer, slot) => open.get(peer)?.remote(slot) ?? NOTHING,
    statistics: (peer) => open.get(peer)?.statistics() ?? Promise.resolve(null),
  };
}
