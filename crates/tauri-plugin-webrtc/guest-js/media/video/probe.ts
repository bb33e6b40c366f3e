// Which codecs this engine can both code and decode, found by doing it: what it says of itself is
// not enough (a plugin of either way may be missing).
//
// Invariant: VP8 is always there and first (RFC 7742, 5); a codec that hangs is not there.

import type { VideoCodec } from '../../bridge/wire.ts';
import { blackFrame } from './black.ts';
import { asRtpHasIt, decoderConfig, encoderConfig } from './codec.ts';

const WIDTH = 320;
const HEIGHT = 240;
const FRAMES = 3;
/** In milliseconds. */
const PATIENCE = 10_000;

export async function codableCodecs(): Promise<readonly VideoCodec[]> {
  // A codec's first use takes long, and would be the first call's.
  await tryCodec('vp8').catch(() => false);
  const isThere = await Promise.race([
    tryCodec('h264').catch(() => false),
    new Promise<false>((resolve) => {
      setTimeout(() => resolve(false), PATIENCE);
    }),
  ]);
  return isThere ? ['vp8', 'h264'] : ['vp8'];
}

async function tryCodec(codec: VideoCodec): Promise<boolean> {
  const wish = { codec, width: WIDTH, height: HEIGHT, bitrate: 300_000, framerate: 30 };
  const [coding, decoding] = await Promise.all([
    VideoEncoder.isConfigSupported(encoderConfig(wish)),
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
  const convert = asRtpHasIt(codec);
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
    encoder.configure(encoderConfig(wish));
    for (let index = 0; index < FRAMES; index += 1) {
      const frame = blackFrame(WIDTH, HEIGHT, (index * 1_000_000) / wish.framerate);
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
