// The data channel of one file: reliable, ordered, announced to the other end by its label.
//
// Invariant: little waits to be sent, so that the call's own packets do not; what waits is released
// by `bufferedamountlow`, never by a timer, which a hidden tab would delay.

import type { FileChannel } from '../../ports';

const LABEL = 'file ';
const LOW_BYTES = 256 * 1024;
const HIGH_BYTES = 1024 * 1024;
/** Every engine takes them. */
const SMALL_MESSAGE_BYTES = 16 * 1024;
const LARGE_MESSAGE_BYTES = 64 * 1024;

export function openFileChannel(connection: RTCPeerConnection, transfer: string): FileChannel {
  return fileChannel(connection, connection.createDataChannel(LABEL + transfer));
}

/** The transfer that the other end opened a channel for; null for another channel. */
export function transferOf({ label }: RTCDataChannel): string | null {
  return label.startsWith(LABEL) ? label.slice(LABEL.length) : null;
}

export function fileChannel(connection: RTCPeerConnection, channel: RTCDataChannel): FileChannel {
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = LOW_BYTES;
  return {
    get messageBytes() {
      const most = connection.sctp?.maxMessageSize ?? SMALL_MESSAGE_BYTES;
      return most >= LARGE_MESSAGE_BYTES ? LARGE_MESSAGE_BYTES : SMALL_MESSAGE_BYTES;
    },
    listen({ opened, message, closed }) {
      if (channel.readyState === 'open') opened();
      else channel.addEventListener('open', opened);
      channel.addEventListener('message', ({ data }: MessageEvent<unknown>) =>
        message(data instanceof ArrayBuffer ? new Uint8Array(data) : null),
      );
      channel.addEventListener('close', closed);
    },
    send(bytes) {
      if (channel.readyState === 'open') channel.send(bytes);
    },
    room() {
      if (channel.readyState !== 'open' || channel.bufferedAmount < HIGH_BYTES) return null;
      return new Promise((resolve) => {
        const done = (): void => resolve();
        channel.addEventListener('bufferedamountlow', done, { once: true });
        channel.addEventListener('close', done, { once: true });
      });
    },
    close() {
      channel.close();
    },
  };
}
