// The page's end of the bridge: numbers the requests, gives each connection what is told of it.
//
// Invariant: a request is settled exactly once, also when the bridge or its worker ends; after `lost`
// nothing of the old bridge is told to anybody.

import {
  type ConnectionEvent,
  type ConnectionListener,
  BridgeLost,
  type BridgePort,
} from '../ports.ts';
import type { Admission } from './admission.ts';
import type { Epoch, FromWorker, ToWorker } from './message.ts';
import type { ChannelId, ConnectionId, Event, Reply, RequestKind } from './wire.ts';
import type { WorkerLink } from './worker-link.ts';

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: BridgeLost) => void;
}

export class PageBridge implements BridgePort {
  readonly #link: WorkerLink;
  readonly #admit: () => Promise<Admission>;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<ConnectionId, ConnectionListener>();
  readonly #lostListeners: (() => void)[] = [];
  /** Is the bridge's while there is one. */
  #epoch: Epoch = 0;
  #isThere = false;
  #nextRequest = 0;

  constructor(link: WorkerLink, admit: () => Promise<Admission>) {
    this.#link = link;
    this.#admit = admit;
    link.listen({
      message: (message) => this.#handle(message),
      lost: () => this.#lose(),
    });
  }

  /** Of the bridge there is; begins one where there is none. */
  epoch(): Epoch {
    if (!this.#isThere) this.#begin();
    return this.#epoch;
  }

  /** Null where there is none. */
  currentEpoch(): Epoch | null {
    return this.#isThere ? this.#epoch : null;
  }

  onLost(listener: () => void): void {
    this.#lostListeners.push(listener);
  }

  request(wish: RequestKind): Promise<Reply> {
    const epoch = this.epoch();
    const id = this.#nextRequest;
    this.#nextRequest += 1;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#link.post({ type: 'request', epoch, id, wish });
    });
  }

  /** For wishes about things of that bridge, whose answer tells nothing; dropped when it is gone. */
  ask(epoch: Epoch, wish: RequestKind): void {
    if (this.#isCurrent(epoch)) this.request(wish).catch(() => undefined);
  }

  /** For the worker, about things of that bridge; dropped when it is gone. */
  post(message: ToWorker, transfer: Transferable[] = []): void {
    if (this.#isCurrent(message.epoch)) this.#link.post(message, transfer);
  }

  sendChannel(
    connection: ConnectionId,
    channel: ChannelId,
    binary: boolean,
    bytes: Uint8Array<ArrayBuffer>,
  ): void {
    const epoch = this.epoch();
    this.#link.post({ type: 'channel', epoch, connection, channel, binary, bytes }, [bytes.buffer]);
  }

  listen(connection: ConnectionId, listener: ConnectionListener): () => void {
    this.#listeners.set(connection, listener);
    return () => {
      this.#listeners.delete(connection);
    };
  }

  #begin(): void {
    this.#epoch += 1;
    this.#isThere = true;
    const epoch = this.#epoch;
    this.#link.post({ type: 'begin', epoch });
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
    return this.#isThere && this.#epoch === epoch;
  }

  #handle(message: FromWorker): void {
    switch (message.type) {
      case 'lost':
        if (this.#isCurrent(message.epoch)) this.#lose();
        return;
      case 'event':
        if (this.#isCurrent(message.epoch)) this.#tell(message.event);
        return;
      case 'channel':
        if (!this.#isCurrent(message.epoch)) return;
        this.#listeners
          .get(message.connection)
          ?.message(message.channel, message.binary, message.bytes);
        return;
      case 'picture':
      case 'counts':
      case 'spare':
      case 'ready':
      case 'codecs':
    }
  }

  #tell(event: Event): void {
    if (event.type === 'reply') {
      this.#pending.get(event.id)?.resolve(event.outcome);
      this.#pending.delete(event.id);
    } else if ('connection' in event) {
      this.#listeners.get(event.connection)?.happened(event satisfies ConnectionEvent);
    }
  }

  #lose(): void {
    if (!this.#isThere) return;
    this.#isThere = false;
    const pending = [...this.#pending.values()];
    const listeners = [...this.#listeners.values()];
    this.#pending.clear();
    this.#listeners.clear();
    for (const { reject } of pending) reject(new BridgeLost());
    for (const listener of this.#lostListeners) listener();
    for (const listener of listeners) listener.lost();
  }
}
