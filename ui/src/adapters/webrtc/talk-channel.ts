// The `talk` channel of one connection: ordered, reliable, negotiated by both ends alike, so that it
// needs no announcement (docs/protocol.md).
//
// Invariant: what cannot be sent at once is dropped; a peer that reads nothing costs no memory.

import type { TalkEvent } from '../../engine/talk/events';
import type { PeerId } from '../../engine/ids';

const LABEL = 'talk';
const ID = 0;
const MAX_BUFFERED_BYTES = 256 * 1024;

export interface TalkChannel {
  send(text: string): void;
}

export function talkChannel(
  connection: RTCPeerConnection,
  peer: PeerId,
  tell: (event: TalkEvent) => void,
): TalkChannel {
  const channel = connection.createDataChannel(LABEL, { negotiated: true, id: ID });
  channel.addEventListener('open', () => tell({ type: 'talk-opened', peer, at: Date.now() }));
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const text = typeof data === 'string' ? data : null;
    tell({ type: 'talk-message', peer, at: Date.now(), text });
  });
  return {
    send(text) {
      if (channel.readyState !== 'open' || channel.bufferedAmount > MAX_BUFFERED_BYTES) return;
      channel.send(text);
    },
  };
}
