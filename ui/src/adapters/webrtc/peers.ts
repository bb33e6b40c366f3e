// The peer connections of a call, by peer id.
//
// Invariant: each connection sends the captured tracks from its start and after each change. Those
// that are connected are measured once a second, all of them together.

import type { PeersEvent } from '../../engine/event';
import type { PeerId } from '../../engine/state';
import type { FileChannel, PeersPort, StreamSource } from '../../ports';
import type { CapturedTracks } from './media';
import { peerConnection, type PeerConnection } from './peer-connection';

const MEASURED_EVERY_MS = 1000;
const NOTHING: StreamSource = { get: () => null, subscribe: () => () => undefined };

/** `sources`: what fills the slots, each slot at most once. */
export function peers(sources: readonly CapturedTracks[]): PeersPort {
  const open = new Map<PeerId, PeerConnection>();
  let listener: ((event: PeersEvent) => void) | null = null;
  let measuring: ReturnType<typeof setInterval> | null = null;
  let fileListener: ((peer: PeerId, transfer: string, channel: FileChannel) => void) | null = null;
  const tell = (event: PeersEvent): void => listener?.(event);

  const track: CapturedTracks['track'] = (slot) => {
    for (const source of sources) {
      const found = source.track(slot);
      if (found !== null) return found;
    }
    return null;
  };
  for (const source of sources) {
    source.subscribe(() => {
      for (const each of open.values()) each.sendCaptured();
    });
  }

  const close = (peer: PeerId): void => {
    open.get(peer)?.close();
    open.delete(peer);
    if (open.size > 0 || measuring === null) return;
    clearInterval(measuring);
    measuring = null;
  };

  const measure = async (): Promise<void> => {
    const connected = [...open].filter(([, connection]) => connection.isConnected());
    const read = connected.map(async ([peer, connection]) => {
      const statistics = await connection.statistics().catch(() => null);
      return statistics === null ? [] : [[peer, statistics] as const];
    });
    const measured = (await Promise.all(read)).flat();
    if (measured.length > 0) tell({ type: 'peers-measured', measured });
  };

  return {
    close,
    listen(heard) {
      listener = heard;
    },
    open(peer, { iceServers, paths }, video) {
      close(peer);
      measuring ??= setInterval(() => void measure(), MEASURED_EVERY_MS);
      const connect = (servers: typeof iceServers): PeerConnection =>
        peerConnection(
          peer,
          { iceServers: servers, paths },
          video,
          track,
          tell,
          (transfer, channel) => {
            if (fileListener === null) channel.close();
            else fileListener(peer, transfer, channel);
          },
        );
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
    limit: (peer, grants) => open.get(peer)?.limit(grants),
    talk: (peer, text) => open.get(peer)?.talk(text),
    openFile: (peer, transfer) => open.get(peer)?.openFile(transfer) ?? null,
    listenForFiles(heard) {
      fileListener = heard;
    },
    loudness: (peer) => open.get(peer)?.loudness() ?? null,
  };
}
