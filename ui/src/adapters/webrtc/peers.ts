// The connections of a call, by link.
//
// Invariant: every connection sends what is captured, from its start and after each change.

import type { PeerEvent } from '../../engine/event';
import type { LinkId } from '../../engine/state';
import type { PeersPort, StreamSource } from '../../ports';
import { peer, type Peer } from './peer';

const NOTHING: StreamSource = { get: () => null, subscribe: () => () => undefined };

export function peers(local: StreamSource): PeersPort {
  const open = new Map<LinkId, Peer>();
  let listener: ((event: PeerEvent) => void) | null = null;
  const tell = (event: PeerEvent): void => listener?.(event);

  local.subscribe(() => {
    for (const each of open.values()) each.sendCaptured();
  });

  const close = (link: LinkId): void => {
    open.get(link)?.close();
    open.delete(link);
  };

  return {
    close,
    listen(heard) {
      listener = heard;
    },
    open(link, iceServers, picture) {
      close(link);
      const connect = (servers: typeof iceServers): Peer =>
        peer(link, servers, picture, local.get, tell);
      try {
        open.set(link, connect(iceServers));
      } catch {
        // The relay names servers that this browser cannot read. Without them a call may still be.
        open.set(link, connect([]));
      }
    },
    offer: (link) => open.get(link)?.offer(),
    acceptOffer: (link, offer) => open.get(link)?.acceptOffer(offer),
    acceptAnswer: (link, answer) => open.get(link)?.acceptAnswer(answer),
    addCandidate: (link, candidate) => open.get(link)?.addCandidate(candidate),
    restartIce: (link) => open.get(link)?.restartIce(),
    remote: (link) => open.get(link)?.remote ?? NOTHING,
    statistics: (link) => open.get(link)?.statistics() ?? Promise.resolve(null),
  };
}
