// Offers in the style of browsers, old and new.

import { offerCase, type Case } from './case.ts';
import {
  FINGERPRINT,
  PASSWORD,
  UFRAG,
  audio,
  data,
  session,
  text,
  transport,
  video,
} from './sdp.ts';

const firefox = text(
  session('mozilla...THIS_IS_SDPARTA-99.0 3928172635480293847 0 IN IP4 0.0.0.0'),
  'a=sendrecv',
  `a=fingerprint:${FINGERPRINT}`,
  'a=group:BUNDLE 0 1 2',
  'a=ice-options:trickle',
  'a=msid-semantic:WMS *',
  'm=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101',
  'c=IN IP4 0.0.0.0',
  'a=sendrecv',
  'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level',
  'a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1',
  'a=fmtp:101 0-15',
  'a=ice-pwd:a5c1f7e98d0b4b6e2f13a7d9c8e0b1f2',
  'a=ice-ufrag:3c8d9e1f',
  'a=mid:0',
  'a=msid:{7fd1c1f0-94b4-4c39-9d3f-f4a7f30b71d5} {2a51cb6e-0f2f-4b47-8d9e-64e1f9c2d60c}',
  'a=rtcp-mux',
  'a=rtpmap:109 opus/48000/2',
  'a=rtpmap:9 G722/8000/1',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000/1',
  'a=setup:actpass',
  'a=ssrc:2887341932 cname:{d3a2c0ab-5cf4-4f0e-a1a1-7d9c3b4e8f10}',
  'm=video 9 UDP/TLS/RTP/SAVPF 120 124',
  'c=IN IP4 0.0.0.0',
  'a=sendrecv',
  'a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'a=extmap:5 urn:ietf:params:rtp-hdrext:toffset',
  'a=fmtp:120 max-fs=12288;max-fr=60',
  'a=fmtp:124 apt=120',
  'a=ice-pwd:a5c1f7e98d0b4b6e2f13a7d9c8e0b1f2',
  'a=ice-ufrag:3c8d9e1f',
  'a=mid:1',
  'a=msid:{7fd1c1f0-94b4-4c39-9d3f-f4a7f30b71d5} {9d0e5b2c-1111-4d7b-b0f5-3d7d2b0f6a01}',
  'a=rtcp-fb:120 nack',
  'a=rtcp-fb:120 nack pli',
  'a=rtcp-fb:120 ccm fir',
  'a=rtcp-fb:120 goog-remb',
  'a=rtcp-fb:120 transport-cc',
  'a=rtcp-mux',
  'a=rtcp-rsize',
  'a=rtpmap:120 VP8/90000',
  'a=rtpmap:124 rtx/90000',
  'a=setup:actpass',
  'a=ssrc:1191919191 cname:{d3a2c0ab-5cf4-4f0e-a1a1-7d9c3b4e8f10}',
  'a=ssrc:2292929292 cname:{d3a2c0ab-5cf4-4f0e-a1a1-7d9c3b4e8f10}',
  'a=ssrc-group:FID 1191919191 2292929292',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=sendrecv',
  'a=ice-pwd:a5c1f7e98d0b4b6e2f13a7d9c8e0b1f2',
  'a=ice-ufrag:3c8d9e1f',
  'a=mid:2',
  'a=setup:actpass',
  'a=sctp-port:5000',
  'a=max-message-size:1073741823',
);

/** Transport attributes in the first m-line of the bundle only. */
const safari = text(
  session('- 3829384712938471293 2 IN IP4 127.0.0.1'),
  'a=group:BUNDLE 0 1',
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS 6c1b',
  ...audio('0'),
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=ice-options:trickle',
  'a=msid:6c1b 5d7e',
  'a=ssrc:2654435769 cname:Wq',
  'm=video 0 UDP/TLS/RTP/SAVPF 96',
  'c=IN IP4 0.0.0.0',
  'a=bundle-only',
  'a=mid:1',
  'a=recvonly',
  'a=rtcp-mux',
  'a=rtpmap:96 VP8/90000',
);

/** Plan B: several sources in one m-line. */
const planB = text(
  session('- 5283829834712345678 2 IN IP4 127.0.0.1'),
  'a=group:BUNDLE audio video',
  'a=msid-semantic: WMS one two',
  ...audio('audio').map((line) => line.replace('111', '111')),
  'a=ssrc:1001 cname:c1',
  'a=ssrc:1001 msid:one a1',
  'a=ssrc:1001 mslabel:one',
  'a=ssrc:1001 label:a1',
  'a=ssrc:1002 cname:c1',
  'a=ssrc:1002 msid:two a2',
  ...video('video'),
  'a=ssrc-group:FID 2001 2002',
  'a=ssrc:2001 cname:c1',
  'a=ssrc:2001 msid:one v1',
  'a=ssrc:2002 cname:c1',
  'a=ssrc:2002 msid:one v1',
);

const simulcast = text(
  session(),
  'a=group:BUNDLE 0',
  ...video('0'),
  'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  'a=rid:q send',
  'a=rid:h send',
  'a=rid:f send',
  'a=simulcast:send q;h;f',
);

const oldEdge = text(
  session('thisisadapterortc 8169639915646943137 0 IN IP4 127.0.0.1', 'adapter'),
  'a=group:BUNDLE d8s2 f1k9',
  ...audio('d8s2'),
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=msid:s1 t1',
  'a=ssrc:1001 msid:s1 t1',
  'a=ssrc:1001 cname:c',
  ...video('f1k9'),
);

/** A call on hold: direction inactive, address zero. */
const held = text(session(), 'a=inactive', 'a=group:BUNDLE 0', ...audio('0')).replace(
  'a=sendrecv',
  'a=inactive',
);

const sendOnly = text(session(), 'a=group:BUNDLE 0', ...audio('0')).replace(
  'a=sendrecv',
  'a=sendonly',
);
const receiveOnly = text(session(), 'a=group:BUNDLE 0', ...audio('0')).replace(
  'a=sendrecv',
  'a=recvonly',
);

const iceOptionsOnly = text(
  [
    'v=0',
    'o=- 1 1 IN IP6 ::1',
    's=call',
    'i=about',
    'u=https://example.org',
    'e=a@example.org',
    'p=+1',
    'c=IN IP6 ::1',
    'b=CT:100',
    't=0 0',
    'r=7d 1h 0 25h',
    'k=prompt',
    'a=tool:x',
  ],
  'a=group:BUNDLE 0',
  ...audio('0'),
);

const legacyData = text(
  session('- 7181818181 2 IN IP4 127.0.0.1'),
  'a=group:BUNDLE audio data',
  ...audio('audio'),
  'm=application 9 DTLS/SCTP 5000',
  'c=IN IP4 0.0.0.0',
  ...transport(),
  'a=mid:data',
  'a=sctpmap:5000 webrtc-datachannel 1024',
);

const rtpData = text(
  session(),
  'a=group:BUNDLE audio data',
  ...audio('audio'),
  'm=application 9 UDP/TLS/RTP/SAVPF 101',
  'c=IN IP4 0.0.0.0',
  'b=AS:30',
  ...transport(),
  'a=mid:data',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=rtpmap:101 google-data/90000',
);

const manyKinds = text(
  session(),
  `a=group:BUNDLE ${Array.from({ length: 12 }, (_, index) => index).join(' ')}`,
  ...Array.from({ length: 12 }, (_, index) =>
    index % 2 === 0 ? audio(String(index)) : video(String(index)),
  ).flat(),
);

const unbundled = text(
  session(),
  ...audio('0'),
  ...video('1', transport('actpass', 'Oth3', PASSWORD)),
  ...data('2'),
);
const twoBundles = text(
  session(),
  'a=group:BUNDLE 0 1',
  'a=group:BUNDLE 2',
  ...audio('0'),
  ...video('1'),
  ...data('2', transport('actpass', 'Oth3', PASSWORD)),
);

const restarted = text(
  session(`- 1 3 IN IP4 127.0.0.1`),
  'a=group:BUNDLE 0',
  ...audio('0', transport('active', UFRAG)),
);

export const browsers: readonly Case[] = [
  offerCase('Firefox', firefox),
  offerCase('Safari, bundle-only video', safari),
  offerCase('Chrome of Plan B', planB),
  offerCase('Chrome with simulcast', simulcast),
  offerCase('Edge behind an adapter', oldEdge),
  offerCase('on hold', held),
  offerCase('sendonly', sendOnly),
  offerCase('recvonly', receiveOnly),
  offerCase('every session line of RFC 8866', iceOptionsOnly),
  offerCase('Chrome 70 with data', legacyData),
  offerCase('Chrome 60 with RTP data', rtpData),
  offerCase('twelve m-lines', manyKinds),
  offerCase('no BUNDLE', unbundled),
  offerCase('two BUNDLE groups', twoBundles),
  offerCase('setup:active', restarted),
];
