// The codecs of pictures, as WebCodecs names and configures them.

import type { VideoCodec } from '../../bridge/wire.ts';
import { byteStream } from './h264.ts';

/** H.264 is constrained baseline; the engine does not hold the sender to the level. */
const NAMES: Readonly<Record<VideoCodec, string>> = { vp8: 'vp8', h264: 'avc1.42e01f' };

export interface EncoderWish {
  readonly codec: VideoCodec;
  readonly width: number;
  readonly height: number;
  /** In bits a second. */
  readonly bitrate: number;
  /** In frames a second. */
  readonly framerate: number;
}

export function encoderConfig(wish: EncoderWish): VideoEncoderConfig {
  const { codec, ...rest } = wish;
  return {
    ...rest,
    codec: NAMES[codec],
    latencyMode: 'realtime',
    // As RTP has it. What an engine gives all the same, `h264.ts` puts right.
    ...(codec === 'h264' ? { avc: { format: 'annexb' } } : {}),
  };
}

export function decoderConfig(codec: VideoCodec): VideoDecoderConfig {
  return { codec: NAMES[codec], optimizeForLatency: true };
}

/** Puts one encoder's chunks into the form that RTP carries; null where one has none. */
export function asRtpHasIt(codec: VideoCodec): ReturnType<typeof byteStream> {
  return codec === 'h264' ? byteStream() : (chunk) => chunk;
}
