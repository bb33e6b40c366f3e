// PeerJS: a data connection and a call. Its server is the test, which passes its messages on.

import { Peer, type DataConnection, type MediaConnection } from 'peerjs';

import { member, type Surroundings } from './library.ts';

/** In place of a WebSocket to PeerJS's server. */
class RelayedSocket {
  static send: (message: unknown) => void = () => undefined;
  static current: RelayedSocket | null = null;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly #id: string | null;

  constructor(url: string) {
    this.#id = new URL(url).searchParams.get('id');
    RelayedSocket.current = this;
    setTimeout(() => {
      this.readyState = 1;
      this.onopen?.();
      this.receive({ type: 'OPEN' });
    });
  }

  /** As the server does: the recipient learns who has sent it. */
  send(text: string): void {
    const message: unknown = JSON.parse(text);
    if (member(message, 'type') === 'HEARTBEAT') return;
    RelayedSocket.send(Object.assign(Object(message), { src: this.#id }));
  }

  receive(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  close(): void {
    this.readyState = 3;
  }
}

export function begin({ isCaller, stream, send, heard, seen }: Surroundings): (m: unknown) => void {
  RelayedSocket.send = send;
  Object.defineProperty(globalThis, 'WebSocket', { value: RelayedSocket, configurable: true });
  const peer = new Peer(isCaller ? 'caller' : 'callee', { host: 'localhost' });
  const use = (connection: DataConnection): void => {
    connection.on('data', (data) => heard(String(data)));
    connection.on('open', () => void connection.send('from PeerJS'));
  };
  const watch = (call: MediaConnection): void => {
    call.on('stream', (remote) => {
      for (const track of remote.getTracks()) seen(track);
    });
  };
  peer.on('error', (error) => {
    throw error;
  });
  peer.on('connection', use);
  peer.on('call', (call) => {
    watch(call);
    call.answer(stream);
  });
  send({ type: 'ready' });
  return (message) => {
    // The callee's server knows it now.
    if (member(message, 'type') !== 'ready') RelayedSocket.current?.receive(message);
    else if (isCaller) {
      use(peer.connect('callee'));
      watch(peer.call('callee', stream));
    }
  };
}
