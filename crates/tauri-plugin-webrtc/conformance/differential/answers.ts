// Answers of gateways and browsers to our offer.

import { answerCase, type Case, type Offer } from './case.ts';
import { session, text, transport } from './sdp.ts';

interface Parts {
  readonly bundle?: readonly number[];
  readonly setup?: string;
  readonly audio?: readonly string[];
  readonly video?: readonly string[];
  readonly data?: readonly string[];
}

function audioLines(offer: Offer, setup: string, direction = 'sendrecv'): string[] {
  return [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${offer.opus}`,
    'c=IN IP4 0.0.0.0',
    ...transport(setup),
    `a=mid:${offer.mids[0]}`,
    `a=${direction}`,
    'a=rtcp-mux',
    `a=rtpmap:${offer.opus} opus/48000/2`,
  ];
}

function videoLines(offer: Offer, setup: string, direction = 'sendrecv'): string[] {
  return [
    `m=video 9 UDP/TLS/RTP/SAVPF ${offer.vp8}`,
    'c=IN IP4 0.0.0.0',
    ...transport(setup),
    `a=mid:${offer.mids[1]}`,
    `a=${direction}`,
    'a=rtcp-mux',
    `a=rtpmap:${offer.vp8} VP8/90000`,
  ];
}

function dataLines(offer: Offer, setup: string): string[] {
  return [
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...transport(setup),
    `a=mid:${offer.mids[2]}`,
    'a=sctp-port:5000',
  ];
}

function answer(offer: Offer, parts: Parts = {}): string {
  const setup = parts.setup ?? 'active';
  const bundle = parts.bundle ?? [0, 1, 2];
  return text(
    session('- 9 1 IN IP4 0.0.0.0'),
    bundle.length === 0
      ? []
      : `a=group:BUNDLE ${bundle.map((index) => offer.mids[index]).join(' ')}`,
    parts.audio ?? audioLines(offer, setup),
    parts.video ?? videoLines(offer, setup),
    parts.data ?? dataLines(offer, setup),
  );
}

const REJECTED_VIDEO = ['m=video 0 UDP/TLS/RTP/SAVPF 0', 'c=IN IP4 0.0.0.0'];
const REJECTED_DATA = ['m=application 0 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0'];

export const answers: readonly Case[] = [
  answerCase('all is taken', (offer) => answer(offer)),
  answerCase('setup:passive', (offer) => answer(offer, { setup: 'passive' })),
  answerCase('setup:actpass', (offer) => answer(offer, { setup: 'actpass' })),
  answerCase('setup:holdconn', (offer) => answer(offer, { setup: 'holdconn' })),
  answerCase('no setup', (offer) => answer(offer).replaceAll('a=setup:active\r\n', '')),
  answerCase('video rejected', (offer) =>
    answer(offer, { bundle: [0, 2], video: [...REJECTED_VIDEO, `a=mid:${offer.mids[1]}`] }),
  ),
  answerCase('video rejected without a mid', (offer) =>
    answer(offer, { bundle: [0, 2], video: REJECTED_VIDEO }),
  ),
  answerCase('video rejected with holdconn', (offer) =>
    answer(offer, {
      bundle: [0, 2],
      video: [...REJECTED_VIDEO, 'a=setup:holdconn', `a=mid:${offer.mids[1]}`],
    }),
  ),
  answerCase('video rejected and named in BUNDLE', (offer) =>
    answer(offer, { video: [...REJECTED_VIDEO, `a=mid:${offer.mids[1]}`] }),
  ),
  answerCase('data rejected', (offer) =>
    answer(offer, { bundle: [0, 1], data: [...REJECTED_DATA, `a=mid:${offer.mids[2]}`] }),
  ),
  answerCase('all is rejected', (offer) =>
    answer(offer, {
      bundle: [],
      audio: ['m=audio 0 UDP/TLS/RTP/SAVPF 0', `a=mid:${offer.mids[0]}`],
      video: [...REJECTED_VIDEO, `a=mid:${offer.mids[1]}`],
      data: [...REJECTED_DATA, `a=mid:${offer.mids[2]}`],
    }),
  ),
  answerCase('data in the form before RFC 8841', (offer) =>
    answer(offer, {
      data: [
        'm=application 9 DTLS/SCTP 5000',
        'c=IN IP4 0.0.0.0',
        ...transport('active'),
        `a=mid:${offer.mids[2]}`,
        'a=sctpmap:5000 webrtc-datachannel 1024',
      ],
    }),
  ),
  answerCase('data over DTLS/SCTP', (offer) => answer(offer).replace('UDP/DTLS/SCTP', 'DTLS/SCTP')),
  answerCase('inactive', (offer) =>
    answer(offer, { audio: audioLines(offer, 'active', 'inactive') }),
  ),
  answerCase('recvonly', (offer) =>
    answer(offer, { audio: audioLines(offer, 'active', 'recvonly') }),
  ),
  answerCase('sendonly video', (offer) =>
    answer(offer, { video: videoLines(offer, 'active', 'sendonly') }),
  ),
  answerCase('an m-line less', (offer) => answer(offer, { bundle: [0, 1], data: [] })),
  answerCase('an m-line more', (offer) => `${answer(offer)}m=text 0 RTP/AVP 98\r\n`),
  answerCase('m-lines changed about', (offer) =>
    answer(offer, { audio: videoLines(offer, 'active'), video: audioLines(offer, 'active') }),
  ),
  answerCase('other mids', (offer) => answer({ ...offer, mids: ['a', 'b', 'c'] })),
  answerCase('no mids and no BUNDLE', (offer) =>
    answer(offer, { bundle: [] }).replaceAll(/a=mid:.*\r\n/g, ''),
  ),
  answerCase(
    'audio alone without a mid',
    (offer) => text(session(), audioLines(offer, 'active')).replaceAll(/a=mid:.*\r\n/g, ''),
    (connection) => {
      connection.addTransceiver('audio');
    },
  ),
  answerCase('no rtcp-mux', (offer) => answer(offer).replaceAll('a=rtcp-mux\r\n', '')),
  answerCase('a codec that was not offered', (offer) =>
    answer(offer).replace(`${offer.opus} opus/48000/2`, `${offer.opus} speex/16000`),
  ),
  answerCase('another payload type', (offer) =>
    answer(offer, { audio: audioLines({ ...offer, opus: '120' }, 'active') }),
  ),
  answerCase('plain RTP profile', (offer) =>
    answer(offer).replaceAll('UDP/TLS/RTP/SAVPF', 'RTP/SAVPF'),
  ),
  answerCase('credentials of URL-safe base64', (offer) =>
    answer(offer)
      .replaceAll('Fr4g', 'Fr-_')
      .replaceAll('aPasswordOf24Characters+', 'aPasswordOf24Character=='),
  ),
  answerCase('an origin of letters', (offer) => answer(offer).replace('- 9 1', '- abc 1')),
  answerCase('no ICE', (offer) => answer(offer).replaceAll(/a=ice-.*\r\n/g, '')),
  answerCase('no fingerprint', (offer) => answer(offer).replaceAll(/a=fingerprint.*\r\n/g, '')),
  answerCase('ICE-lite', (offer) => answer(offer).replace('t=0 0', 't=0 0\r\na=ice-lite')),
  answerCase('nonsense', () => 'nonsense'),
];
