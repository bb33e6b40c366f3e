// Encodes and decodes the binary messages of the bridge. crates/webview-rtc/src/wire/frame.rs
// specifies the layout: kind, header, payload. Numbers are little-endian.
//
// Invariant: a message that is too short or of an unknown kind decodes to null, never to an
// exception.

import type {
  CaptureId,
  ChannelId,
  ConnectionId,
  EncodingId,
  ReceiverId,
  SourceId,
  VideoCodec,
} from './wire.ts';
import { FRAME_KIND } from './wire.ts';

/** A received message. Its bytes are a view of the message's buffer. */
export type Received =
  | {
      readonly kind: 'video';
      readonly key: boolean;
      /** The frames before it are lost. */
      readonly gap: boolean;
      readonly codec: VideoCodec;
      readonly receiver: ReceiverId;
      /** In microseconds. */
      readonly timestamp: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'audio';
      readonly channels: number;
      readonly receiver: ReceiverId;
      /** One or more frames of 10 ms at 48 kHz, interleaved. */
      readonly samples: Float32Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'channel';
      readonly binary: boolean;
      readonly connection: ConnectionId;
      readonly channel: ChannelId;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | ({ readonly kind: 'captured-rows'; readonly capture: CaptureId } & CapturedRows);

/** Rows of a captured screen that have changed. */
export interface CapturedRows {
  /** The frame is complete with these rows. */
  readonly last: boolean;
  /** Of the frame, both even. */
  readonly width: number;
  readonly height: number;
  /** Even. */
  readonly top: number;
  /** I420: Y, U, V of whole pairs of rows. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface EncodedVideo {
  readonly key: boolean;
  readonly encoding: EncodingId;
  /** In microseconds. */
  readonly timestamp: number;
  readonly width: number;
  readonly height: number;
}

const KEY_FLAG = 1;
const GAP_FLAG = 2;
const BINARY_FLAG = 1;
const LAST_FLAG = 1;

const ENCODED_VIDEO_HEADER_BYTES = 18;
const CAPTURED_AUDIO_HEADER_BYTES = 14;
const RECEIVED_VIDEO_HEADER_BYTES = 15;
const RECEIVED_AUDIO_HEADER_BYTES = 6;
const AUDIO_REQUEST_HEADER_BYTES = 7;
const CHANNEL_MESSAGE_HEADER_BYTES = 10;
const CAPTURED_ROWS_HEADER_BYTES = 12;

/** A message for a frame of `length` bytes. The caller writes the frame to `payload`. */
export function encodedVideo(
  frame: EncodedVideo,
  length: number,
): { readonly message: ArrayBuffer; readonly payload: Uint8Array<ArrayBuffer> } {
  const message = new ArrayBuffer(ENCODED_VIDEO_HEADER_BYTES + length);
  const view = new DataView(message);
  view.setUint8(0, FRAME_KIND.encodedVideo);
  view.setUint8(1, frame.key ? KEY_FLAG : 0);
  view.setUint32(2, frame.encoding, true);
  setTime(view, 6, frame.timestamp);
  view.setUint16(14, frame.width, true);
  view.setUint16(16, frame.height, true);
  return { message, payload: new Uint8Array(message, ENCODED_VIDEO_HEADER_BYTES) };
}

/** `samples` are whole frames of 10 ms at 48 kHz, interleaved. `timestamp` is in microseconds. */
export function capturedAudio(
  source: SourceId,
  channels: number,
  timestamp: number,
  samples: Float32Array,
): ArrayBuffer {
  const message = new ArrayBuffer(CAPTURED_AUDIO_HEADER_BYTES + samples.byteLength);
  const view = new DataView(message);
  view.setUint8(0, FRAME_KIND.capturedAudio);
  view.setUint8(1, channels);
  view.setUint32(2, source, true);
  setTime(view, 6, timestamp);
  const from = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  new Uint8Array(message, CAPTURED_AUDIO_HEADER_BYTES).set(from);
  return message;
}

/** Requests this many frames of 10 ms. */
export function audioRequest(receiver: ReceiverId, frames: number): ArrayBuffer {
  const message = new ArrayBuffer(AUDIO_REQUEST_HEADER_BYTES);
  const view = new DataView(message);
  view.setUint8(0, FRAME_KIND.audioRequest);
  view.setUint32(1, receiver, true);
  view.setUint16(5, frames, true);
  return message;
}

export function channelMessage(
  connection: ConnectionId,
  channel: ChannelId,
  binary: boolean,
  bytes: Uint8Array,
): ArrayBuffer {
  const message = new ArrayBuffer(CHANNEL_MESSAGE_HEADER_BYTES + bytes.byteLength);
  const view = new DataView(message);
  view.setUint8(0, FRAME_KIND.channelMessage);
  view.setUint8(1, binary ? BINARY_FLAG : 0);
  view.setUint32(2, connection, true);
  view.setUint32(6, channel, true);
  new Uint8Array(message, CHANNEL_MESSAGE_HEADER_BYTES).set(bytes);
  return message;
}

export function readFrame(message: ArrayBuffer): Received | null {
  if (message.byteLength === 0) return null;
  const view = new DataView(message);
  switch (view.getUint8(0)) {
    case FRAME_KIND.receivedVideo:
      return readVideo(view, message);
    case FRAME_KIND.receivedAudio:
      return readAudio(view, message);
    case FRAME_KIND.channelMessage:
      return readChannel(view, message);
    case FRAME_KIND.capturedRows:
      return readCapturedRows(view, message);
    default:
      return null;
  }
}

function readVideo(view: DataView, message: ArrayBuffer): Received | null {
  if (view.byteLength < RECEIVED_VIDEO_HEADER_BYTES) return null;
  const flags = view.getUint8(1);
  const codec = readCodec(view.getUint8(2));
  if (codec === null) return null;
  return {
    kind: 'video',
    key: (flags & KEY_FLAG) !== 0,
    gap: (flags & GAP_FLAG) !== 0,
    codec,
    receiver: view.getUint32(3, true),
    timestamp: getTime(view, 7),
    bytes: new Uint8Array(message, RECEIVED_VIDEO_HEADER_BYTES),
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

function readAudio(view: DataView, message: ArrayBuffer): Received | null {
  const length = view.byteLength - RECEIVED_AUDIO_HEADER_BYTES;
  if (length < 0 || length % Float32Array.BYTES_PER_ELEMENT !== 0) return null;
  return {
    kind: 'audio',
    channels: view.getUint8(1),
    receiver: view.getUint32(2, true),
    // A copy, because the samples are not aligned after the header.
    samples: new Float32Array(message.slice(RECEIVED_AUDIO_HEADER_BYTES)),
  };
}

function readChannel(view: DataView, message: ArrayBuffer): Received | null {
  if (view.byteLength < CHANNEL_MESSAGE_HEADER_BYTES) return null;
  return {
    kind: 'channel',
    binary: (view.getUint8(1) & BINARY_FLAG) !== 0,
    connection: view.getUint32(2, true),
    channel: view.getUint32(6, true),
    bytes: new Uint8Array(message, CHANNEL_MESSAGE_HEADER_BYTES),
  };
}

function readCapturedRows(view: DataView, message: ArrayBuffer): Received | null {
  if (view.byteLength < CAPTURED_ROWS_HEADER_BYTES) return null;
  const [width, height, top] = [6, 8, 10].map((offset) => view.getUint16(offset, true));
  if (width === undefined || height === undefined || top === undefined) return null;
  const bytes = new Uint8Array(message, CAPTURED_ROWS_HEADER_BYTES);
  const rows = bytes.byteLength / (width * 1.5);
  const isPaired = [width, height, top, rows].every((size) => size % 2 === 0);
  if (!isPaired || rows === 0 || top + rows > height) return null;
  const last = (view.getUint8(1) & LAST_FLAG) !== 0;
  const capture = view.getUint32(2, true);
  return { kind: 'captured-rows', capture, last, width, height, top, bytes };
}

// A double represents the microseconds of 285 years exactly.
const TWO_POW_32 = 0x1_0000_0000;

function setTime(view: DataView, offset: number, time: number): void {
  const whole = Math.max(0, Math.round(time));
  view.setUint32(offset, whole % TWO_POW_32, true);
  view.setUint32(offset + 4, Math.floor(whole / TWO_POW_32), true);
}

function getTime(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * TWO_POW_32;
}
