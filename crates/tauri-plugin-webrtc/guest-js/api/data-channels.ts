// The data channels of one connection.

import type { ChannelOptions, NegotiatedParameters } from '../bridge/wire.ts';
import { maxMessageSize } from '../jsep/session.ts';
import { channelControl, DataChannel } from './data-channel.ts';
import { ports } from './environment.ts';

export class DataChannels {
  readonly #connection: number;
  readonly #session: () => NegotiatedParameters | null;
  readonly #channels = new Map<number, DataChannel>();
  #next = 0;
  #opened = 0;
  #closed = 0;

  constructor(connection: number, session: () => NegotiatedParameters | null) {
    this.#connection = connection;
    this.#session = session;
  }

  get opened(): number {
    return this.#opened;
  }

  get closed(): number {
    return this.#closed;
  }

  entries(): IterableIterator<[number, DataChannel]> {
    return this.#channels.entries();
  }

  create(options: ChannelOptions): DataChannel {
    const taken = [...this.#channels.values()].some(({ id }) => id !== null && id === options.id);
    if (taken) throw new DOMException(`The id ${options.id} is taken.`, 'OperationError');
    const channel = this.#next;
    this.#next += 1;
    const made = this.#adopt(channel, options);
    void this.#requestOpen(channel, options);
    return made;
  }

  /** For a channel that the peer opened. */
  adopt(channel: number, options: ChannelOptions): DataChannel {
    return this.#adopt(channel, options);
  }

  open(channel: number, id: number): void {
    const opened = this.#channels.get(channel);
    if (opened === undefined || opened.readyState !== 'connecting') return;
    this.#opened += 1;
    channelControl(opened).open(id);
  }

  message(channel: number, binary: boolean, bytes: Uint8Array<ArrayBuffer>): void {
    const receiver = this.#channels.get(channel);
    if (receiver !== undefined) channelControl(receiver).message(binary, bytes);
  }

  sent(channel: number, bytes: number): void {
    const sender = this.#channels.get(channel);
    if (sender !== undefined) channelControl(sender).sent(bytes);
  }

  close(channel: number): void {
    const closed = this.#channels.get(channel);
    if (closed !== undefined) channelControl(closed).closed('closed');
  }

  lose(channel: number): void {
    const lost = this.#channels.get(channel);
    if (lost !== undefined) channelControl(lost).closed('lost');
  }

  /** The transport is gone. */
  loseAll(): void {
    for (const channel of this.#channels.keys()) this.lose(channel);
  }

  closeAll(): void {
    for (const channel of this.#channels.keys()) this.close(channel);
  }

  /** The connection was closed. The channels fire no event. */
  abandon(): void {
    for (const channel of this.#channels.values()) channelControl(channel).abandon();
    this.#channels.clear();
  }

  async #requestOpen(channel: number, options: ChannelOptions): Promise<void> {
    const connection = this.#connection;
    const request = { type: 'open-channel' as const, connection, channel, options };
    // When the bridge is lost, `loseAll` closes the channel.
    const reply = await ports()
      .bridge.request(request)
      .catch(() => null);
    if (reply?.is === 'failed') this.lose(channel);
  }

  #adopt(channel: number, options: ChannelOptions): DataChannel {
    const made = new DataChannel({
      connection: this.#connection,
      channel,
      options,
      maxMessageSize: () => maxMessageSize(this.#session()),
      closed: () => {
        this.#closed += 1;
        this.#channels.delete(channel);
      },
    });
    this.#channels.set(channel, made);
    return made;
  }
}
