// Variants of m-lines and their attributes.

import { offerCase, type Case } from './case.ts';
import { WHOLE, changed } from './offer-variant.ts';
import { audio, data, session, text, transport, video } from './sdp.ts';

const REJECTED_HOLD = text(
  session(),
  'a=group:BUNDLE 0',
  ...audio('0'),
  'm=video 0 UDP/TLS/RTP/SAVPF 96',
  'c=IN IP4 0.0.0.0',
  'a=setup:holdconn',
  'a=mid:1',
  'a=inactive',
);

function crowd(count: number): string {
  const mids = Array.from({ length: count }, (_, index) => String(index));
  return text(
    session(),
    `a=group:BUNDLE ${mids.join(' ')}`,
    mids.flatMap((mid) => video(mid)),
  );
}

const media: readonly Case[] = [
  offerCase('setup:holdconn on a rejected m-line', REJECTED_HOLD),
  offerCase(
    'a rejected m-line of nothing',
    text(session(), ...audio('0'), 'm=video 0 UDP/TLS/RTP/SAVPF 0'),
  ),
  offerCase(
    'a rejected m-line with a broken ufrag',
    REJECTED_HOLD.replace('a=mid:1', 'a=ice-ufrag:x\r\na=mid:1'),
  ),
  offerCase('a rejected m-line named in BUNDLE', REJECTED_HOLD.replace('BUNDLE 0', 'BUNDLE 0 1')),
  offerCase(
    'a rejected m-line of an unknown kind',
    text(session(), ...audio('0'), 'm=whiteboard 0 udp wb', 'a=mid:1'),
  ),
  offerCase(
    'an m-line of an unknown kind',
    text(session(), ...audio('0'), 'm=whiteboard 32416 udp wb', 'a=orient:portrait'),
  ),
  offerCase('only an m-line of an unknown kind', text(session(), 'm=whiteboard 32416 udp wb')),
  changed('plain RTP profile', 'UDP/TLS/RTP/SAVPF', 'RTP/AVP'),
  changed('RTP/SAVPF', 'UDP/TLS/RTP/SAVPF', 'RTP/SAVPF'),
  changed('UDP/TLS/RTP/SAVP', 'UDP/TLS/RTP/SAVPF', 'UDP/TLS/RTP/SAVP'),
  changed('TCP/TLS/RTP/SAVPF', 'UDP/TLS/RTP/SAVPF', 'TCP/TLS/RTP/SAVPF'),
  changed('an unknown profile', 'UDP/TLS/RTP/SAVPF', 'QUIC/RTP'),
  changed('no rtcp-mux', 'a=rtcp-mux\r\n', ''),
  changed('no mid and no BUNDLE', 'a=group:BUNDLE 0\r\n', '', WHOLE.replace('a=mid:0\r\n', '')),
  changed(
    'a mid of punctuation',
    'a=mid:0',
    'a=mid:audio/1',
    WHOLE.replace('BUNDLE 0', 'BUNDLE audio/1'),
  ),
  changed('a mid with a space', 'a=mid:0', 'a=mid:0 1'),
  changed('an empty mid', 'a=mid:0', 'a=mid:'),
  changed(
    'a long mid',
    'a=mid:0',
    `a=mid:${'m'.repeat(40)}`,
    WHOLE.replace('BUNDLE 0', `BUNDLE ${'m'.repeat(40)}`),
  ),
  changed('BUNDLE of an unknown mid', 'BUNDLE 0', 'BUNDLE 0 9'),
  changed('BUNDLE of nothing', 'BUNDLE 0', 'BUNDLE'),
  changed('no direction', 'a=sendrecv\r\n', ''),
  changed('two directions', 'a=sendrecv', 'a=sendonly\r\na=recvonly'),
  changed('port 0 without bundle-only', 'm=audio 9', 'm=audio 0'),
  changed(
    'port 0 with bundle-only',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'm=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=bundle-only',
  ),
  changed('a port that is too large', 'm=audio 9', 'm=audio 70000'),
  changed('two ports', 'm=audio 9', 'm=audio 9/2'),
  changed('no formats', 'SAVPF 111', 'SAVPF'),
  changed('a payload type that is none', 'SAVPF 111', 'SAVPF 111 200'),
  changed('a payload type of RTCP', '111', '72'),
  changed('a payload type twice', 'SAVPF 111', 'SAVPF 111 111'),
  changed('a payload type without rtpmap', 'SAVPF 111', 'SAVPF 111 112'),
  changed('an rtpmap of no format', 'a=rtpmap:111', 'a=rtpmap:99 speex/8000\r\na=rtpmap:111'),
  changed('an rtpmap without a rate', 'opus/48000/2', 'opus'),
  changed('an rtpmap with a rate of letters', 'opus/48000/2', 'opus/fast/2'),
  changed('opus in capitals', 'opus/48000/2', 'OPUS/48000/2'),
  changed('opus of one channel', 'opus/48000/2', 'opus/48000/1'),
  changed('opus without channels', 'opus/48000/2', 'opus/48000'),
  changed('an fmtp of nothing', 'a=fmtp:111 minptime=10;useinbandfec=1', 'a=fmtp:111'),
  changed(
    'an fmtp with spaces',
    'minptime=10;useinbandfec=1',
    'minptime=10; useinbandfec=1 ; stereo = 1',
  ),
  changed('an fmtp of no format', 'a=rtcp-mux', 'a=fmtp:50 x=1\r\na=rtcp-mux'),
  changed('feedback for all', 'a=rtcp-mux', 'a=rtcp-fb:* nack\r\na=rtcp-mux'),
  changed('feedback for an unknown format', 'a=rtcp-mux', 'a=rtcp-fb:50 nack\r\na=rtcp-mux'),
  changed('feedback of nothing', 'a=rtcp-mux', 'a=rtcp-fb:111\r\na=rtcp-mux'),
  changed('an extension with a way', 'a=rtcp-mux', 'a=extmap:1/sendonly urn:x\r\na=rtcp-mux'),
  changed('an extension with id 0', 'a=rtcp-mux', 'a=extmap:0 urn:x\r\na=rtcp-mux'),
  changed('an extension with id 15', 'a=rtcp-mux', 'a=extmap:15 urn:x\r\na=rtcp-mux'),
  changed('an extension with id 300', 'a=rtcp-mux', 'a=extmap:300 urn:x\r\na=rtcp-mux'),
  changed('an extension without an id', 'a=rtcp-mux', 'a=extmap:urn:x\r\na=rtcp-mux'),
  changed('an extension without a name', 'a=rtcp-mux', 'a=extmap:5\r\na=rtcp-mux'),
  changed(
    'one extension id for two',
    'a=rtcp-mux',
    'a=extmap:5 urn:x\r\na=extmap:5 urn:y\r\na=rtcp-mux',
  ),
  changed('an ssrc without an attribute', 'a=rtcp-mux', 'a=ssrc:1234\r\na=rtcp-mux'),
  changed('an ssrc that is no number', 'a=rtcp-mux', 'a=ssrc:abc cname:x\r\na=rtcp-mux'),
  changed('an ssrc that is too large', 'a=rtcp-mux', 'a=ssrc:4294967296 cname:x\r\na=rtcp-mux'),
  changed('an ssrc of 0', 'a=rtcp-mux', 'a=ssrc:0 cname:x\r\na=rtcp-mux'),
  changed('an ssrc-group of unknown sources', 'a=rtcp-mux', 'a=ssrc-group:FID 1 2\r\na=rtcp-mux'),
  changed('an ssrc-group of nothing', 'a=rtcp-mux', 'a=ssrc-group:FID\r\na=rtcp-mux'),
  changed('an msid of one word', 'a=rtcp-mux', 'a=msid:stream\r\na=rtcp-mux'),
  changed('an msid of no stream', 'a=rtcp-mux', 'a=msid:- track\r\na=rtcp-mux'),
  changed('an msid of nothing', 'a=rtcp-mux', 'a=msid:\r\na=rtcp-mux'),
  changed('an msid of three words', 'a=rtcp-mux', 'a=msid:a b c\r\na=rtcp-mux'),
  changed('a candidate that is none', 'a=rtcp-mux', 'a=candidate:nonsense\r\na=rtcp-mux'),
  changed(
    'a candidate of address zero',
    'a=rtcp-mux',
    'a=candidate:1 1 udp 1 0.0.0.0 5000 typ host\r\na=rtcp-mux',
  ),
  changed(
    'a candidate of port 9',
    'a=rtcp-mux',
    'a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=rtcp-mux',
  ),
  changed(
    'a candidate of an unknown kind',
    'a=rtcp-mux',
    'a=candidate:1 1 udp 1 192.0.2.1 5000 typ magic\r\na=rtcp-mux',
  ),
  changed(
    'a candidate of an unknown transport',
    'a=rtcp-mux',
    'a=candidate:1 1 sctp 1 192.0.2.1 5000 typ host\r\na=rtcp-mux',
  ),
  changed('a long line', 'a=rtcp-mux', `a=x:${'x'.repeat(20_000)}\r\na=rtcp-mux`),
  changed('a ptime of letters', 'a=rtcp-mux', 'a=ptime:fast\r\na=rtcp-mux'),
  changed('a bandwidth of letters', 'c=IN IP4 0.0.0.0', 'c=IN IP4 0.0.0.0\r\nb=AS:fast'),
  changed('a bandwidth below 0', 'c=IN IP4 0.0.0.0', 'c=IN IP4 0.0.0.0\r\nb=AS:-1'),
  changed('no c=', 'c=IN IP4 0.0.0.0\r\n', ''),
  changed('a c= with a name', 'c=IN IP4 0.0.0.0', 'c=IN IP4 gw.example.org'),
  changed('a c= of multicast', 'c=IN IP4 0.0.0.0', 'c=IN IP4 233.252.0.1/127'),
  changed('a c= that is broken', 'c=IN IP4 0.0.0.0', 'c=IN'),
  changed('ice-lite at an m-line', 'a=rtcp-mux', 'a=ice-lite\r\na=rtcp-mux'),
  changed(
    'ice-options in between',
    'a=rtcp-mux',
    'a=ice-options:trickle renomination\r\na=rtcp-mux',
  ),
  offerCase('forty video m-lines', crowd(40)),
  offerCase('a hundred video m-lines', crowd(100)),
  offerCase('two hundred m-lines', crowd(200)),
  changed('an fmtp of 3000 characters', 'useinbandfec=1', `x=${'y'.repeat(3000)}`),
  offerCase('a description of a million characters', `${WHOLE}a=x:${'y'.repeat(1_000_000)}\r\n`),
  offerCase('two m-lines of one mid', text(session(), ...audio('0'), ...video('0'))),
  offerCase(
    'one payload type for two codecs',
    text(session(), 'a=group:BUNDLE 0 1', ...audio('0'), ...video('1')).replaceAll('111', '96'),
  ),
  offerCase(
    'one ssrc in two m-lines',
    text(
      session(),
      'a=group:BUNDLE 0 1',
      ...audio('0'),
      'a=ssrc:7 cname:x',
      ...video('1'),
      'a=ssrc:7 cname:x',
    ),
  ),
  offerCase(
    'other credentials within a bundle',
    text(
      session(),
      'a=group:BUNDLE 0 1',
      ...audio('0'),
      ...video('1', transport('actpass', 'Oth3')),
    ),
  ),
  offerCase(
    'no transport but at the first of a bundle',
    text(session(), 'a=group:BUNDLE 0 1', ...audio('0'), ...video('1', [])),
  ),
  offerCase(
    'no transport but at the last of a bundle',
    text(session(), 'a=group:BUNDLE 0 1', ...audio('0', []), ...video('1')),
  ),
  offerCase(
    'transport at the session',
    text(session(), ...transport(), 'a=group:BUNDLE 0 1', ...audio('0', []), ...video('1', [])),
  ),
];

const DATA = text(session(), 'a=group:BUNDLE 0', ...data('0'));

const channels: readonly Case[] = [
  offerCase('data over UDP/DTLS/SCTP', DATA),
  changed('data over TCP/DTLS/SCTP', 'UDP/DTLS/SCTP', 'TCP/DTLS/SCTP', DATA),
  changed('data over DTLS/SCTP', 'UDP/DTLS/SCTP', 'DTLS/SCTP', DATA),
  changed('data over SCTP', 'UDP/DTLS/SCTP', 'SCTP', DATA),
  changed(
    'data with sctpmap',
    'UDP/DTLS/SCTP webrtc-datachannel',
    'DTLS/SCTP 5000',
    DATA.replace('a=sctp-port:5000', 'a=sctpmap:5000 webrtc-datachannel 256'),
  ),
  changed(
    'data with sctpmap of another port',
    'UDP/DTLS/SCTP webrtc-datachannel',
    'DTLS/SCTP 6000',
    DATA.replace('a=sctp-port:5000', 'a=sctpmap:6000 webrtc-datachannel 256'),
  ),
  changed(
    'data with a port and no sctpmap',
    'UDP/DTLS/SCTP webrtc-datachannel',
    'DTLS/SCTP 5000',
    DATA.replace('a=sctp-port:5000\r\n', ''),
  ),
  changed('data of another format', 'webrtc-datachannel', 'bfcp', DATA),
  changed('data without sctp-port', 'a=sctp-port:5000\r\n', '', DATA),
  changed('data with another sctp-port', 'a=sctp-port:5000', 'a=sctp-port:6000', DATA),
  changed('data with an sctp-port of letters', 'a=sctp-port:5000', 'a=sctp-port:abc', DATA),
  changed('data without max-message-size', 'a=max-message-size:262144\r\n', '', DATA),
  changed(
    'data with max-message-size 0',
    'a=max-message-size:262144',
    'a=max-message-size:0',
    DATA,
  ),
  changed(
    'data with a vast max-message-size',
    'a=max-message-size:262144',
    'a=max-message-size:9007199254740993',
    DATA,
  ),
  changed(
    'data with a max-message-size of letters',
    'a=max-message-size:262144',
    'a=max-message-size:big',
    DATA,
  ),
  changed(
    'data with a space before max-message-size',
    'a=max-message-size:262144',
    'a=max-message-size: 262144',
    DATA,
  ),
];

/** Video with other codec parameters. */
const videoCodecs: readonly Case[] = [
  changed('VP8 in small letters', 'VP8/90000', 'vp8/90000', text(session(), ...video('0'))),
  changed('VP8 with another clock', 'VP8/90000', 'VP8/48000', text(session(), ...video('0'))),
  changed(
    'retransmission of an unknown format',
    'apt=96',
    'apt=50',
    text(session(), ...video('0')),
  ),
  changed('retransmission without apt', 'a=fmtp:97 apt=96\r\n', '', text(session(), ...video('0'))),
  changed('only retransmission', 'SAVPF 96 97', 'SAVPF 97', text(session(), ...video('0'))),
  changed('an unknown codec alone', 'VP8/90000', 'H263/90000', text(session(), ...video('0'))),
];

export const mediaForms: readonly Case[] = [...media, ...channels, ...videoCodecs];
