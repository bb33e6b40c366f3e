// Binary messages of the bridge, written and read as crates/webview-rtc/src/wire/frame.rs lays them
// out: a kind, its header, its bytes. Numbers are little-endian.
//
// Invariant: what is too short or of an unknown kind is null, never an exception.

import type {
  ChannelId,
  ConnectionId,
  EncodingId,
  ReceiverId,
  SourceId,
  VideoCodec,
} from './wire.ts';
import { FRAME_KIND } from './wire.ts';

/** A message that came in. Its bytes lie in the message's own buffer. */
export type Received =
  | {
      readonly kind: 'video';
      readonly key: boolean;
      /** Frames before it are missing. */
      readonly gap: boolean;
      readonly codec: VideoCodec;
      readonly receiver: ReceiverId;
      /** In microseconds. */
      readonly timestamp: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'sound';
      readonly channels: number;
      readonly receiver: ReceiverId;
      /** One piece of 10 ms or more, at 48 kHz, interleaved. */
      readonly samples: Float32Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'channel';
      readonly binary: boolean;
      readonly connection: ConnectionId;
      readonly channel: ChannelId;
      readonly bytes: Uint8Array<ArrayBuffer>;
    };

export interface EncodedVideo {
  readonly key: boolean;
  readonly encoding: EncodingId;
  /** In microseconds. */
  readonly timestamp: number;
  readonly width: number;
  readonly height: number;
}

const KEY = 1;
const GAP = 2;
const BINARY = 1;

const ENCODED_VIDEO_HEADER = 18;
const CAPTURED_SOUND_HEADER = 14;
const RECEIVED_VIDEO_HEADER = 15;
const SOUND_TO_PLAY_HEADER = 6;
const SOUND_WANTED_HEADER = 7;
const CHANNEL_MESSAGE_HEADER = 10;

/** A message with room for `length` bytes of a frame, and that room. */
export function encodedVideo(
  frame: EncodedVideo,
  length: number,
): { readonly message: ArrayBuffer; readonly room: Uint8Array<ArrayBuffer> } {
  const message = new ArrayBuffer(ENCODED_VIDEO_HEADER + length);
  const view = new DataView(message);
  view.setUint8(0, FRAME_KIND.encodedVideo);
  view.setUint8(1, frame.key ? KEY : 0);
  view.setUint32(2, frame.encoding, true);
  setTime(view, 6, frame.timestamp);
  view.setUint16(14, frame.width, true);
  view.setUint16(16, frame.height, true);
  return { message, room: new Uint8Array(message, ENCODED_VIDEO_HEADER) };
}

/** `samples` are whole pieces of 10 ms at 48 kHz, interleaved; `timestamp` is in microseconds. */
export function capturedSound(
  source: SourceId,
  channels: number,
  timestamp: number,
  samples: Float32Array,
): ArrayBuffer {
  const message = new ArrayBuffer(CAPTURED_SOUND_HEADER + samples.byteLength);
  const view = new DataView(message);
  view.setUint8(0, FRAME_KIND.capturedAudio);
  view.setUint8(1, channels);
  view.setUint32(2, source, true);
  setTime(view, 6, timestamp);
  const from = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  new Uint8Array(message, CAPTURED_SOUND_HEADER).set(from);
  return message;
}

/** `pieces` are of 10 ms. */
export function soundWanted(receiver: ReceiverId, pieces: number): ArrayBuffer {
  const message = new ArrayBuffer(SOUND_WANTED_HEADER);
  const view = new DataView(message);
  view.setUint8(0, FRAME_KIND.audioRequest);
  view.setUint32(1, receiver, true);
  view.setUint16(5, pieces, true);
  return message;
}

export function channelMessage(
  connection: ConnectionId,
  channel: ChannelId,
  binary: boolean,
  bytes: Uint8Array,
): ArrayBuffer {
  const message = new ArrayBuffer(CHANNEL_MESSAGE_HEADER + bytes.byteLength);
  const view = new DataView(message);
  view.setUint8(0, FRAME_KIND.channelMessage);
  view.setUint8(1, binary ? BINARY : 0);
  view.setUint32(2, connection, true);
  view.setUint32(6, channel, true);
  new Uint8Array(message, CHANNEL_MESSAGE_HEADER).set(bytes);
  return message;
}

export function readFrame(message: ArrayBuffer): Received | null {
  if (message.byteLength === 0) return null;
  const view = new DataView(message);
  switch (view.getUint8(0)) {
    case FRAME_KIND.receivedVideo:
      return readVideo(view, message);
    case FRAME_KIND.receivedAudio:
      return readSound(view, message);
    case FRAME_KIND.channelMessage:
      return readChannel(view, message);
    default:
      return null;
  }
}

function readVideo(view: DataView, message: ArrayBuffer): Received | null {
  if (view.byteLength < RECEIVED_VIDEO_HEADER) return null;
  const flags = view.getUint8(1);
  const codec = readCodec(view.getUint8(2));
  if (codec === null) return null;
  return {
    kind: 'video',
    key: (flags & KEY) !== 0,
    gap: (flags & GAP) !== 0,
    codec,
    receiver: view.getUint32(3, true),
    timestamp: getTime(view, 7),
    bytes: new Uint8Array(message, RECEIVED_VIDEO_HEADER),
  };
}

function readCodec(byte: number): VideoCodec | null {
  switch (byte) {
    case 0:
      return 'vp8';
    case 1:
      return 'h264';
    default:
      return null;
  }
}

function readSound(view: DataView, message: ArrayBuffer): Received | null {
  const length = view.byteLength - SOUND_TO_PLAY_HEADER;
  if (length < 0 || length % Float32Array.BYTES_PER_ELEMENT !== 0) return null;
  return {
    kind: 'sound',
    channels: view.getUint8(1),
    receiver: view.getUint32(2, true),
    // A copy, since the header leaves the samples unaligned.
    samples: new Float32Array(message.slice(SOUND_TO_PLAY_HEADER)),
  };
}

function readChannel(view: DataView, message: ArrayBuffer): Received | null {
  if (view.byteLength < CHANNEL_MESSAGE_HEADER) return null;
  return {
    kind: 'channel',
    binary: (view.getUint8(1) & BINARY) !== 0,
    connection: view.getUint32(2, true),
    channel: view.getUint32(6, true),
    bytes: new Uint8Array(message, CHANNEL_MESSAGE_HEADER),
  };
}

// A double holds microseconds of 285 years exactly.
const WORD = 0x1_0000_0000;

function setTime(view: DataView, offset: number, time: number): void {
  const whole = Math.max(0, Math.round(time));
  view.setUint32(offset, whole % WORD, true);
  view.setUint32(offset + 4, Math.floor(whole / WORD), true);
}

function getTime(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * WORD;
}
