// The page's end of the bridge: numbers requests and routes events to their connections.
//
// Invariant: each request settles exactly once, also when the bridge or its worker ends. After `lost`
// no listener hears from the old bridge.

import {
  type ConnectionEvent,
  type ConnectionListener,
  BridgeLost,
  type BridgePort,
} from '../ports.ts';
import type { Admission } from './admission.ts';
import type { Epoch, FromWorker, ToWorker } from './message.ts';
import type { ChannelId, ConnectionId, Event, Reply, RequestKind } from './wire.ts';
import type { WorkerHandle } from './worker-handle.ts';

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: BridgeLost) => void;
}

export class PageBridge implements BridgePort {
  readonly #worker: WorkerHandle;
  readonly #admit: () => Promise<Admission>;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<ConnectionId, ConnectionListener>();
  readonly #lostListeners: (() => void)[] = [];
  /** Epoch of the current or last bridge. */
  #epoch: Epoch = 0;
  #isOpen = false;
  #nextRequest = 0;

  constructor(worker: WorkerHandle, admit: () => Promise<Admission>) {
    this.#worker = worker;
    this.#admit = admit;
    worker.listen({
      message: (message) => this.#handle(message),
      lost: () => this.#lose(),
    });
  }

  /** Epoch of the current bridge. Starts a bridge if there is none. */
  epoch(): Epoch {
    if (!this.#isOpen) this.#begin();
    return this.#epoch;
  }

  /** Null: no bridge. */
  currentEpoch(): Epoch | null {
    return this.#isOpen ? this.#epoch : null;
  }

  onLost(listener: () => void): void {
    this.#lostListeners.push(listener);
  }

  request(kind: RequestKind): Promise<Reply> {
    const epoch = this.epoch();
    const id = this.#nextRequest;
    this.#nextRequest += 1;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.post({ type: 'request', epoch, id, kind });
    });
  }

  /** Sends a request whose reply is ignored. Dropped when that bridge has ended. */
  send(epoch: Epoch, kind: RequestKind): void {
    if (this.#isCurrent(epoch)) this.request(kind).catch(() => undefined);
  }

  /** Sends a message to the worker. Dropped when that bridge has ended. */
  post(message: ToWorker, transfer: Transferable[] = []): void {
    if (this.#isCurrent(message.epoch)) this.#worker.post(message, transfer);
  }

  sendChannel(
    connection: ConnectionId,
    channel: ChannelId,
    binary: boolean,
    bytes: Uint8Array<ArrayBuffer>,
  ): void {
    const epoch = this.epoch();
    this.#worker.post({ type: 'channel', epoch, connection, channel, binary, bytes }, [
      bytes.buffer,
    ]);
  }

  listen(connection: ConnectionId, listener: ConnectionListener): () => void {
    this.#listeners.set(connection, listener);
    return () => {
      this.#listeners.delete(connection);
    };
  }

  #begin(): void {
    this.#epoch += 1;
    this.#isOpen = true;
    const epoch = this.#epoch;
    this.#worker.post({ type: 'begin', epoch });
    void this.#open(epoch);
  }

  async #open(epoch: Epoch): Promise<void> {
    try {
      const { address, token } = await this.#admit();
      this.post({ type: 'open', epoch, address, token });
    } catch {
      if (!this.#isCurrent(epoch)) return;
      this.post({ type: 'abandon', epoch });
      this.#lose();
    }
  }

  #isCurrent(epoch: Epoch): boolean {
    return this.#isOpen && this.#epoch === epoch;
  }

  #handle(message: FromWorker): void {
    switch (message.type) {
      case 'lost':
        if (this.#isCurrent(message.epoch)) this.#lose();
        return;
      case 'event':
        if (this.#isCurrent(message.epoch)) this.#dispatch(message.event);
        return;
      case 'channel':
        if (!this.#isCurrent(message.epoch)) return;
        this.#listeners
          .get(message.connection)
          ?.message(message.channel, message.binary, message.bytes);
        return;
      case 'video-frame':
      case 'capture-size':
      case 'counts':
      case 'pooled-track':
      case 'ready':
      case 'codecs':
    }
  }

  #dispatch(event: Event): void {
    if (event.type === 'reply') {
      this.#pending.get(event.id)?.resolve(event.outcome);
      this.#pending.delete(event.id);
    } else if ('connection' in event) {
      this.#listeners.get(event.connection)?.handleEvent(event satisfies ConnectionEvent);
    }
  }

  #lose(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const pending = [...this.#pending.values()];
    const listeners = [...this.#listeners.values()];
    this.#pending.clear();
    this.#listeners.clear();
    for (const { reject } of pending) reject(new BridgeLost());
    for (const listener of this.#lostListeners) listener();
    for (const listener of listeners) listener.lost();
  }
}
