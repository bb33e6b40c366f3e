// Finds the codecs that this engine can encode and decode, by encoding and decoding.
// `isConfigSupported` is not enough, because a GStreamer plugin of either direction may be missing.
//
// Invariant: VP8 is always supported and first (RFC 7742, 5). A codec that hangs is not supported.

import type { VideoCodec } from '../../bridge/wire.ts';
import { blackFrame } from './black-frame.ts';
import { rtpConverter, decoderConfig, encoderConfig } from './codec-config.ts';

const WIDTH = 320;
const HEIGHT = 240;
const FRAMES = 3;
/** A codec that takes longer counts as unsupported. */
const PROBE_TIMEOUT_MS = 10_000;

export async function codableCodecs(): Promise<readonly VideoCodec[]> {
  // The first use of a codec is slow, so VP8 is used here before the first call.
  await tryCodec('vp8').catch(() => false);
  const hasH264 = await Promise.race([
    tryCodec('h264').catch(() => false),
    new Promise<false>((resolve) => {
      setTimeout(() => resolve(false), PROBE_TIMEOUT_MS);
    }),
  ]);
  return hasH264 ? ['vp8', 'h264'] : ['vp8'];
}

async function tryCodec(codec: VideoCodec): Promise<boolean> {
  const settings = { codec, width: WIDTH, height: HEIGHT, bitrate: 300_000, framerate: 30 };
  const [coding, decoding] = await Promise.all([
    VideoEncoder.isConfigSupported(encoderConfig(settings)),
    VideoDecoder.isConfigSupported(decoderConfig(codec)),
  ]);
  if (coding.supported !== true || decoding.supported !== true) return false;
  let shown = 0;
  let failed = false;
  const fail = (): void => {
    failed = true;
  };
  const output = (frame: VideoFrame): void => {
    shown += 1;
    frame.close();
  };
  const decoder = new VideoDecoder({ output, error: fail });
  const convert = rtpConverter(codec);
  const encoder = new VideoEncoder({
    output: (coded, metadata) => {
      const chunk = convert(coded, metadata);
      if (chunk === null) fail();
      else if (decoder.state === 'configured') decoder.decode(chunk);
    },
    error: fail,
  });
  try {
    decoder.configure(decoderConfig(codec));
    encoder.configure(encoderConfig(settings));
    for (let index = 0; index < FRAMES; index += 1) {
      const frame = blackFrame(WIDTH, HEIGHT, (index * 1_000_000) / settings.framerate);
      encoder.encode(frame, { keyFrame: index === 0 });
      frame.close();
    }
    await encoder.flush();
    await decoder.flush();
    return !failed && shown === FRAMES;
  } finally {
    if (encoder.state !== 'closed') encoder.close();
    if (decoder.state !== 'closed') decoder.close();
  }
}
