// The data channels of one connection.

import type { ChannelOptions, DtlsRole, NegotiatedParameters } from '../bridge/wire.ts';
import { maxMessageSize } from '../jsep/negotiated-parameters.ts';
import { channelControl, DataChannel } from './data-channel.ts';
import { ports } from './environment.ts';

/** RFC 8832, section 6. */
const MAX_ID = 65534;

export class DataChannels {
  readonly #connection: number;
  readonly #session: () => NegotiatedParameters | null;
  readonly #channels = new Map<number, DataChannel>();
  #next = 0;
  #opened = 0;
  #closed = 0;
  /** Null before the first answer. */
  #role: DtlsRole | null = null;

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
    this.#assignIds();
    void this.#requestOpen(channel, options);
    return made;
  }

  /** The DTLS role is known: channels without an id get one (W3C webrtc-pc, 6.1.1.3). */
  setRole(role: DtlsRole): void {
    this.#role = role;
    this.#assignIds();
  }

  /** For a channel that the peer opened. It is open while `announce` runs, and fires `open`
   *  after it (W3C webrtc-pc, 6.2, announcing a data channel). */
  adopt(channel: number, options: ChannelOptions, announce: (made: DataChannel) => void): void {
    const made = this.#adopt(channel, options);
    this.#opened += 1;
    channelControl(made).openSilently();
    announce(made);
    channelControl(made).announceOpen();
  }

  open(channel: number, id: number): void {
    const opened = this.#channels.get(channel);
    if (opened === undefined || opened.readyState !== 'connecting') return;
    this.#opened += 1;
    channelControl(opened).open(id);
  }

  /** A message opens a channel as its acknowledgement does, which Firefox sends after it (RFC 8832,
   *  6). */
  message(channel: number, binary: boolean, bytes: Uint8Array<ArrayBuffer>): void {
    const receiver = this.#channels.get(channel);
    if (receiver === undefined) return;
    if (receiver.id !== null) this.open(channel, receiver.id);
    channelControl(receiver).message(binary, bytes);
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

  /** The association ended: none was closed by an exchange (webrtc-pc, 6.2). */
  loseAll(): void {
    for (const channel of this.#channels.keys()) this.lose(channel);
  }

  /** The connection was closed. The channels fire no event. */
  abandon(): void {
    for (const channel of this.#channels.values()) channelControl(channel).abandon();
    this.#channels.clear();
  }

  /** RFC 8832, section 6: even for the DTLS client, odd for the server. The transport takes the
   *  lowest free id in the same order. */
  #assignIds(): void {
    if (this.#role === null) return;
    const taken = new Set([...this.#channels.values()].map(({ id }) => id));
    let next = this.#role === 'client' ? 0 : 1;
    for (const channel of this.#channels.values()) {
      if (channel.id !== null) continue;
      while (taken.has(next)) next += 2;
      if (next > MAX_ID) return;
      channelControl(channel).identify(next);
      taken.add(next);
    }
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
