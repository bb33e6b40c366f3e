// The worker's end of the bridge: one WebSocket to the transport.
//
// Invariant: messages sent before it is open wait, in order. `lost` is called at most once, and
// nothing after it.

import { type Received, readFrame } from './frame.ts';
import { type Event, type Request, SUBPROTOCOL } from './wire.ts';

export interface SocketListener {
  event(event: Event): void;
  frame(frame: Received): void;
  lost(): void;
}

/** Buffered bytes above which video frames are dropped. */
const CONGESTED_BYTES = 1 << 20;

export class Socket {
  readonly #listener: SocketListener;
  #waiting: (string | ArrayBuffer)[] | null = [];
  #socket: WebSocket | null = null;
  #ended = false;

  constructor(listener: SocketListener) {
    this.#listener = listener;
  }

  open(address: string, token: string): void {
    if (this.#ended || this.#socket !== null) return;
    const socket = new WebSocket(address, [SUBPROTOCOL, token]);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => this.#flush(socket));
    socket.addEventListener('message', ({ data }) => this.#handle(data));
    // An `error` event is always followed by `close`.
    socket.addEventListener('close', () => this.#end());
    this.#socket = socket;
  }

  request(request: Request): void {
    this.#send(JSON.stringify(request));
  }

  send(message: ArrayBuffer): void {
    this.#send(message);
  }

  /** Whether a video frame would only queue. */
  get isCongested(): boolean {
    return this.#socket === null || this.#socket.bufferedAmount > CONGESTED_BYTES;
  }

  close(): void {
    this.#ended = true;
    this.#waiting = null;
    this.#socket?.close();
  }

  #send(message: string | ArrayBuffer): void {
    if (this.#ended) return;
    if (this.#waiting === null) this.#socket?.send(message);
    else this.#waiting.push(message);
  }

  #flush(socket: WebSocket): void {
    for (const message of this.#waiting ?? []) socket.send(message);
    this.#waiting = null;
  }

  #handle(message: unknown): void {
    if (this.#ended) return;
    if (typeof message === 'string') {
      const event: Event = JSON.parse(message);
      this.#listener.event(event);
    } else if (message instanceof ArrayBuffer) {
      const frame = readFrame(message);
      if (frame !== null) this.#listener.frame(frame);
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.close();
    this.#listener.lost();
  }
}
