// Codec names and configurations for WebCodecs.

import type { VideoCodec } from '../../bridge/wire.ts';
import { annexBConverter } from './h264.ts';

/** H.264 is constrained baseline. The engine does not enforce the level. */
const NAMES: Readonly<Record<VideoCodec, string>> = { vp8: 'vp8', h264: 'avc1.42e01f' };

export interface EncoderSettings {
  readonly codec: VideoCodec;
  readonly width: number;
  readonly height: number;
  /** Bit/s. */
  readonly bitrate: number;
  /** Frames per second. */
  readonly framerate: number;
}

export function encoderConfig(settings: EncoderSettings): VideoEncoderConfig {
  const { codec, ...rest } = settings;
  return {
    ...rest,
    codec: NAMES[codec],
    latencyMode: 'realtime',
    // The format of RTP. `h264.ts` converts the output of engines that ignore this.
    ...(codec === 'h264' ? { avc: { format: 'annexb' } } : {}),
  };
}

export function decoderConfig(codec: VideoCodec): VideoDecoderConfig {
  return { codec: NAMES[codec], optimizeForLatency: true };
}

/** Converts the chunks of one encoder to the format of RTP. Null: a chunk that cannot be
 *  converted. */
export function rtpConverter(codec: VideoCodec): ReturnType<typeof annexBConverter> {
  return codec === 'h264' ? annexBConverter() : (chunk) => chunk;
}
