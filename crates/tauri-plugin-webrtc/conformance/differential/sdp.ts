// Lines that many descriptions share.

export const FINGERPRINT = `sha-256 ${Array.from({ length: 32 }, (_, index) =>
  (index * 7 + 16).toString(16).padStart(2, '0').toUpperCase(),
).join(':')}`;
export const SHA1 = `sha-1 ${Array.from({ length: 20 }, () => 'A1').join(':')}`;
export const UFRAG = 'Fr4g';
export const PASSWORD = 'aPasswordOf24Characters+';

export function text(...lines: readonly (string | readonly string[])[]): string {
  return lines
    .flat()
    .map((line) => `${line}\r\n`)
    .join('');
}

/** The first lines of every description. */
export function session(
  origin = '- 4611731400430051336 2 IN IP4 127.0.0.1',
  name = '-',
  ...between: readonly string[]
): string[] {
  return ['v=0', `o=${origin}`, `s=${name}`, ...between, 't=0 0'];
}

/** The lines of ICE and DTLS. */
export function transport(setup = 'actpass', ufrag = UFRAG, password = PASSWORD): string[] {
  return [
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    `a=fingerprint:${FINGERPRINT}`,
    `a=setup:${setup}`,
  ];
}

export function audio(mid: string, more: readonly string[] = transport()): string[] {
  return [
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    ...more,
    `a=mid:${mid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
  ];
}

export function video(mid: string, more: readonly string[] = transport()): string[] {
  return [
    'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
    'c=IN IP4 0.0.0.0',
    ...more,
    `a=mid:${mid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:96 VP8/90000',
    'a=rtcp-fb:96 nack',
    'a=rtcp-fb:96 nack pli',
    'a=rtcp-fb:96 ccm fir',
    'a=rtpmap:97 rtx/90000',
    'a=fmtp:97 apt=96',
  ];
}

export function data(mid: string, more: readonly string[] = transport()): string[] {
  return [
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...more,
    `a=mid:${mid}`,
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ];
}
