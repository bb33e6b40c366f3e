// Codecs of the capabilities, and the codec of an encoding (webrtc-extensions, 8.1).

import { must } from './assertions.ts';

/** The codecs with this type. Of H.264, constrained baseline, level 3.1, in packetization mode 1 (RFC
 *  7742, 6.2). */
export function codecsOf(kind: 'audio' | 'video', mimeType: string): RTCRtpCodec[] {
  const { codecs } = must(RTCRtpSender.getCapabilities(kind), 'capabilities');
  return codecs.filter(
    ({ mimeType: type, sdpFmtpLine = '' }) =>
      type === mimeType &&
      (type !== 'video/H264' ||
        (sdpFmtpLine.includes('packetization-mode=1') &&
          sdpFmtpLine.includes('profile-level-id=42e01f'))),
  );
}

/** `codec` is missing in TypeScript's library. Undefined takes it away. */
export function withCodec(
  { ...encoding }: RTCRtpEncodingParameters,
  codec: unknown,
): RTCRtpEncodingParameters {
  Reflect.deleteProperty(encoding, 'codec');
  return codec === undefined ? encoding : Object.assign(encoding, { codec });
}

/** The codec of the first encoding. */
export function chosen(sender: RTCRtpSender): unknown {
  return Reflect.get(must(sender.getParameters().encodings[0], 'an encoding'), 'codec');
}

/** Sets the codec of the first encoding. */
export async function choose(sender: RTCRtpSender, codec: unknown): Promise<void> {
  const parameters = sender.getParameters();
  parameters.encodings = parameters.encodings.map((encoding) => withCodec(encoding, codec));
  await sender.setParameters(parameters);
}
