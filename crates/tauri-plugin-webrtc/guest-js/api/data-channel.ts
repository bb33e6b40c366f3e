// `RTCDataChannel` (W3C webrtc-pc, 6.2).
//
// Invariant: messages are sent in the order of `send`, also when a Blob must be read first. After
// `close` the only events are those of closing.

import type { ChannelOptions } from '../bridge/wire.ts';
import { RtcError, RtcErrorEvent, illegalConstructor } from './error.ts';
import { defineHandlers } from './event-target.ts';
import { ifGiven, toDictionary, toEnforced, toScalarText, toUnsignedLong } from './web-idl.ts';
import { ports } from './environment.ts';

/** Limit of `bufferedAmount`, as in Chromium. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

interface ChannelInit {
  readonly connection: number;
  readonly channel: number;
  readonly options: ChannelOptions;
  /** Null: no limit. Undefined: not negotiated yet. */
  readonly maxMessageSize: () => number | null | undefined;
  /** Called once, when the channel closes. */
  readonly closed: () => void;
}

interface Message {
  readonly binary: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** `closed`: the two sides have closed it. `lost`: the transport is gone. */
type CloseReason = 'closed' | 'lost';

/** How the connection passes on the transport's events. */
export interface ChannelControl {
  /** The id that the transport will most likely give it. `open` has the final one. */
  identify(id: number): void;
  open(id: number): void;
  /** For a channel that the peer opened: it can send at once. `announceOpen` fires the event. */
  openSilently(): void;
  announceOpen(): void;
  message(binary: boolean, bytes: Uint8Array<ArrayBuffer>): void;
  sent(bytes: number): void;
  /** `closed`: after an exchange with the other side; `lost`: the association ended. */
  closed(reason: CloseReason): void;
  /** The connection was closed. No event follows. */
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
  /** Resolves when the pending Blobs are read and the messages behind them are sent. */
  #blobReads: Promise<void> | null = null;
  /** Number of messages that wait for it. */
  #deferredSends = 0;

  constructor(init: ChannelInit) {
    super();
    if (init?.connection === undefined) throw illegalConstructor();
    this.#init = init;
    this.#id = init.options.id;
    controls.set(this, {
      identify: (id) => {
        this.#id = id;
      },
      open: (id) => this.#open(id),
      openSilently: () => {
        this.#state = 'open';
      },
      announceOpen: () => this.#announceOpen(),
      message: (binary, bytes) => this.#receive(binary, bytes),
      sent: (bytes) => this.#sent(bytes),
      closed: (reason) => this.#closed(reason),
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
    // WebIDL, 3.3.11: a setter ignores values outside of the enumeration.
    if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type;
  }

  send(message: string | Blob | ArrayBuffer | ArrayBufferView): void {
    if (this.#state !== 'open') {
      throw new DOMException(`The channel is ${this.#state}.`, 'InvalidStateError');
    }
    if (message instanceof Blob) {
      this.#reserve(message.size);
      this.#sendLater(async () => ({
        binary: true,
        bytes: new Uint8Array(await message.arrayBuffer()),
      }));
      return;
    }
    const isText = !(message instanceof ArrayBuffer) && !ArrayBuffer.isView(message);
    const bytes = isText ? new TextEncoder().encode(String(message)) : copy(message);
    this.#reserve(bytes.byteLength);
    const ready = { binary: !isText, bytes };
    if (this.#blobReads === null) this.#sendNow(ready);
    else this.#sendLater(async () => ready);
  }

  close(): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#state = 'closing';
    if (this.#blobReads === null) this.#requestClose();
    else void this.#blobReads.finally(() => this.#requestClose());
  }

  #reserve(size: number): void {
    const limit = this.#init.maxMessageSize();
    if (typeof limit === 'number' && size > limit) {
      throw new TypeError(`The peer accepts messages of up to ${limit} bytes.`);
    }
    if (this.#bufferedAmount + size > MAX_BUFFERED_BYTES) {
      throw new DOMException(
        'The send buffer is full. Wait for bufferedamountlow.',
        'OperationError',
      );
    }
    this.#bufferedAmount += size;
  }

  #sendNow({ binary, bytes }: Message): void {
    ports().bridge.sendChannel(this.#init.connection, this.#init.channel, binary, bytes);
  }

  #sendLater(read: () => Promise<Message>): void {
    this.#deferredSends += 1;
    this.#blobReads = this.#sendAfter(this.#blobReads ?? Promise.resolve(), read);
  }

  async #sendAfter(earlier: Promise<void>, read: () => Promise<Message>): Promise<void> {
    await earlier;
    // A Blob whose file is gone cannot be read. The message is lost, so the channel closes.
    const message = await read().catch(() => null);
    this.#deferredSends -= 1;
    if (this.#deferredSends === 0 && this.#state === 'open') this.#blobReads = null;
    if (this.#state === 'closed') return;
    if (message === null) this.close();
    else this.#sendNow(message);
  }

  #requestClose(): void {
    const { connection, channel } = this.#init;
    ports()
      .bridge.request({ type: 'close-channel', connection, channel })
      .catch(() => undefined);
  }

  #open(id: number): void {
    if (this.#state !== 'connecting') return;
    this.#id = id;
    this.#state = 'open';
    this.#announceOpen();
  }

  /** The page may have closed it in its handler of `datachannel`. */
  #announceOpen(): void {
    if (this.#state === 'open') this.dispatchEvent(new Event('open'));
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

  #closed(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open' && reason === 'closed') {
      this.#state = 'closing';
      this.dispatchEvent(new Event('closing'));
    }
    this.#state = 'closed';
    this.#init.closed();
    if (reason === 'lost') {
      const error = new RtcError({ errorDetail: 'sctp-failure' }, 'The transport is gone.');
      this.dispatchEvent(new RtcErrorEvent('error', { error }));
    }
    this.dispatchEvent(new Event('close'));
  }
}

/** A copy, because the page may reuse its buffer. */
function copy(message: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (message instanceof ArrayBuffer) return new Uint8Array(message.slice(0));
  const { buffer, byteOffset, byteLength } = message;
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

const MAX_TEXT_BYTES = 65535;
const MAX_UNSIGNED_SHORT = 65535;

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/** Reads and validates the options of `createDataChannel` (W3C webrtc-pc, 6.1). */
export function channelOptions(label: unknown, init: unknown): ChannelOptions {
  const given = toDictionary(init, 'The options of a channel');
  const short = (name: string): number | undefined =>
    ifGiven(given[name], (value) => toEnforced(value, MAX_UNSIGNED_SHORT, name));
  const options = {
    label: toScalarText(label),
    ordered: ifGiven(given['ordered'], Boolean) ?? true,
    maxPacketLifeTime: short('maxPacketLifeTime') ?? null,
    maxRetransmits: short('maxRetransmits') ?? null,
    protocol: ifGiven(given['protocol'], toScalarText) ?? '',
    negotiated: ifGiven(given['negotiated'], Boolean) ?? false,
  };
  const id = short('id');
  if (utf8Length(options.label) > MAX_TEXT_BYTES) throw new TypeError('The label is too long.');
  if (utf8Length(options.protocol) > MAX_TEXT_BYTES)
    throw new TypeError('The protocol is too long.');
  if (options.maxPacketLifeTime !== null && options.maxRetransmits !== null) {
    throw new TypeError('maxPacketLifeTime and maxRetransmits exclude each other.');
  }
  if (!options.negotiated) return { ...options, id: null };
  if (id === undefined) throw new TypeError('A negotiated channel needs an id.');
  // RFC 8832, section 6: 65535 is not a stream id.
  if (id === MAX_UNSIGNED_SHORT) throw new TypeError('65535 is not a channel id.');
  return { ...options, id };
}

defineHandlers(DataChannel, ['open', 'message', 'bufferedamountlow', 'error', 'closing', 'close']);
