// `RTCDataChannel` (W3C webrtc-pc, 6.2).
//
// Invariant: messages leave in the order of `send`, also where a Blob has to be read first; after
// `close` nothing is told but the close itself.

import type { ChannelOptions } from '../bridge/wire.ts';
import { RtcError, RtcErrorEvent, illegalConstructor } from './error.ts';
import { defineHandlers } from './event-target.ts';
import { ifGiven, toDictionary, toEnforced, toScalarText, toUnsignedLong } from './web-idl.ts';
import { ports } from './environment.ts';

/** What is not sent yet may not outgrow the page (Chromium's limit). */
const MOST_BUFFERED = 16 * 1024 * 1024;

interface ChannelInit {
  readonly connection: number;
  readonly channel: number;
  readonly options: ChannelOptions;
  /** Null: no limit. Undefined: not known yet. */
  readonly maxMessageSize: () => number | null | undefined;
  /** Told once, when it is closed. */
  readonly closed: () => void;
}

interface Message {
  readonly binary: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the transport tells of a channel. */
export interface ChannelControl {
  open(id: number): void;
  message(binary: boolean, bytes: Uint8Array<ArrayBuffer>): void;
  sent(bytes: number): void;
  /** `gracefully`: after an exchange with the other side; else the transport is gone. */
  closed(how: 'gracefully' | 'abruptly'): void;
  /** The connection is closed: no events. */
  abandon(): void;
}

const controls = new WeakMap<DataChannel, ChannelControl>();

export function channelControl(channel: DataChannel): ChannelControl {
  const control = controls.get(channel);
  if (control === undefined) throw illegalConstructor();
  return control;
}

export class DataChannel extends EventTarget {
  readonly #init: ChannelInit;
  #id: number | null;
  #state: RTCDataChannelState = 'connecting';
  #bufferedAmount = 0;
  #bufferedAmountLowThreshold = 0;
  #binaryType: BinaryType = 'arraybuffer';
  /** Blobs that are read, and what waits behind them. */
  #reading: Promise<void> | null = null;
  /** How many of them. */
  #waiting = 0;

  constructor(init: ChannelInit) {
    super();
    if (init?.connection === undefined) throw illegalConstructor();
    this.#init = init;
    this.#id = init.options.id;
    controls.set(this, {
      open: (id) => this.#open(id),
      message: (binary, bytes) => this.#receive(binary, bytes),
      sent: (bytes) => this.#sent(bytes),
      closed: (how) => this.#closed(how),
      abandon: () => {
        this.#state = 'closed';
      },
    });
  }

  get label(): string {
    return this.#init.options.label;
  }

  get ordered(): boolean {
    return this.#init.options.ordered;
  }

  get maxPacketLifeTime(): number | null {
    return this.#init.options.maxPacketLifeTime;
  }

  get maxRetransmits(): number | null {
    return this.#init.options.maxRetransmits;
  }

  get protocol(): string {
    return this.#init.options.protocol;
  }

  get negotiated(): boolean {
    return this.#init.options.negotiated;
  }

  get id(): number | null {
    return this.#id;
  }

  get readyState(): RTCDataChannelState {
    return this.#state;
  }

  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  get bufferedAmountLowThreshold(): number {
    return this.#bufferedAmountLowThreshold;
  }

  set bufferedAmountLowThreshold(threshold: number) {
    this.#bufferedAmountLowThreshold = toUnsignedLong(threshold);
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    // WebIDL, 3.3.11: what is no value of the enumeration is not set.
    if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type;
  }

  send(message: string | Blob | ArrayBuffer | ArrayBufferView): void {
    if (this.#state !== 'open') {
      throw new DOMException(`The channel is ${this.#state}.`, 'InvalidStateError');
    }
    if (message instanceof Blob) {
      this.#admit(message.size);
      this.#sendLater(async () => ({
        binary: true,
        bytes: new Uint8Array(await message.arrayBuffer()),
      }));
      return;
    }
    const isText = !(message instanceof ArrayBuffer) && !ArrayBuffer.isView(message);
    const bytes = isText ? new TextEncoder().encode(String(message)) : copy(message);
    this.#admit(bytes.byteLength);
    const ready = { binary: !isText, bytes };
    if (this.#reading === null) this.#sendNow(ready);
    else this.#sendLater(async () => ready);
  }

  close(): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#state = 'closing';
    if (this.#reading === null) this.#askToClose();
    else void this.#reading.finally(() => this.#askToClose());
  }

  #admit(size: number): void {
    const limit = this.#init.maxMessageSize();
    if (typeof limit === 'number' && size > limit) {
      throw new TypeError(`The other side takes messages of up to ${limit} bytes.`);
    }
    if (this.#bufferedAmount + size > MOST_BUFFERED) {
      throw new DOMException('Too much is waiting to be sent.', 'OperationError');
    }
    this.#bufferedAmount += size;
  }

  #sendNow({ binary, bytes }: Message): void {
    ports().bridge.sendChannel(this.#init.connection, this.#init.channel, binary, bytes);
  }

  #sendLater(read: () => Promise<Message>): void {
    this.#waiting += 1;
    this.#reading = this.#sendAfter(this.#reading ?? Promise.resolve(), read);
  }

  async #sendAfter(earlier: Promise<void>, read: () => Promise<Message>): Promise<void> {
    await earlier;
    // A Blob whose file is gone cannot be read: the channel has lost a message.
    const message = await read().catch(() => null);
    this.#waiting -= 1;
    if (this.#waiting === 0 && this.#state === 'open') this.#reading = null;
    if (this.#state === 'closed') return;
    if (message === null) this.close();
    else this.#sendNow(message);
  }

  #askToClose(): void {
    const { connection, channel } = this.#init;
    ports()
      .bridge.request({ type: 'close-channel', connection, channel })
      .catch(() => undefined);
  }

  #open(id: number): void {
    if (this.#state !== 'connecting') return;
    this.#id = id;
    this.#state = 'open';
    this.dispatchEvent(new Event('open'));
  }

  #receive(binary: boolean, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#state !== 'open') return;
    const data = binary ? this.#asBinary(bytes) : new TextDecoder().decode(bytes);
    this.dispatchEvent(new MessageEvent('message', { data }));
  }

  #asBinary(bytes: Uint8Array<ArrayBuffer>): Blob | ArrayBuffer {
    if (this.#binaryType === 'blob') return new Blob([bytes]);
    const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
    return isWhole ? bytes.buffer : bytes.slice().buffer;
  }

  #sent(bytes: number): void {
    const before = this.#bufferedAmount;
    this.#bufferedAmount = Math.max(0, before - bytes);
    const threshold = this.#bufferedAmountLowThreshold;
    if (this.#state === 'closed') return;
    if (before > threshold && this.#bufferedAmount <= threshold) {
      this.dispatchEvent(new Event('bufferedamountlow'));
    }
  }

  #closed(how: 'gracefully' | 'abruptly'): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open' && how === 'gracefully') {
      this.#state = 'closing';
      this.dispatchEvent(new Event('closing'));
    }
    this.#state = 'closed';
    this.#init.closed();
    if (how === 'abruptly') {
      const error = new RtcError({ errorDetail: 'sctp-failure' }, 'The transport is gone.');
      this.dispatchEvent(new RtcErrorEvent('error', { error }));
    }
    this.dispatchEvent(new Event('close'));
  }
}

/** The page may go on writing into what it has sent. */
function copy(message: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (message instanceof ArrayBuffer) return new Uint8Array(message.slice(0));
  const { buffer, byteOffset, byteLength } = message;
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

const LONGEST_TEXT = 65535;
const LARGEST_SHORT = 65535;

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/** The options of `createDataChannel`, checked (W3C webrtc-pc, 6.1). */
export function channelOptions(label: unknown, init: unknown): ChannelOptions {
  const given = toDictionary(init, 'The options of a channel');
  const short = (name: string): number | undefined =>
    ifGiven(given[name], (value) => toEnforced(value, LARGEST_SHORT, name));
  const options = {
    label: toScalarText(label),
    ordered: ifGiven(given['ordered'], Boolean) ?? true,
    maxPacketLifeTime: short('maxPacketLifeTime') ?? null,
    maxRetransmits: short('maxRetransmits') ?? null,
    protocol: ifGiven(given['protocol'], toScalarText) ?? '',
    negotiated: ifGiven(given['negotiated'], Boolean) ?? false,
  };
  const id = short('id');
  if (utf8Length(options.label) > LONGEST_TEXT) throw new TypeError('The label is too long.');
  if (utf8Length(options.protocol) > LONGEST_TEXT) throw new TypeError('The protocol is too long.');
  if (options.maxPacketLifeTime !== null && options.maxRetransmits !== null) {
    throw new TypeError('maxPacketLifeTime and maxRetransmits exclude each other.');
  }
  if (!options.negotiated) return { ...options, id: null };
  if (id === undefined) throw new TypeError('A negotiated channel has an id.');
  // RFC 8832, section 6: 65535 is no stream.
  if (id === LARGEST_SHORT) throw new TypeError('65535 is no id of a channel.');
  return { ...options, id };
}

defineHandlers(DataChannel, ['open', 'message', 'bufferedamountlow', 'error', 'closing', 'close']);
