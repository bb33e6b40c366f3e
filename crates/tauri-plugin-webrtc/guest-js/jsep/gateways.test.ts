// SDP of gateways: rules that the differential test does not cover.

import { expect, test } from 'vitest';

import { isRejected } from './sdp/description.ts';
import { readDescription } from './sdp/read.ts';
import { CHROMIUM_OFFER } from './testing/chromium.ts';
import { TestPeer } from './testing/test-peer.ts';
import { MAX_TAKEN_SECTIONS } from './validate.ts';

const LEGACY_DATA = CHROMIUM_OFFER.replace(
  'UDP/DTLS/SCTP webrtc-datachannel',
  'DTLS/SCTP 5000',
).replace('a=sctp-port:5000', 'a=sctpmap:5000 webrtc-datachannel 1024');

test('an offer in the old data channel form is answered in that form', () => {
  const end = new TestPeer(1);
  const { sdp } = end.answer({ type: 'offer', sdp: LEGACY_DATA });
  expect(sdp).toContain('m=application 9 DTLS/SCTP 5000\r\n');
  expect(sdp).toContain('a=sctpmap:5000 webrtc-datachannel 1024\r\n');
  expect(sdp).not.toContain('a=sctp-port');
  expect(end.state.session?.media[2]).toMatchObject({ kind: 'application', sctpPort: 5000 });
  // The peer may not know another form, so later offers use this one.
  expect(end.createOffer()).toContain('m=application 9 DTLS/SCTP 5000\r\n');
});

test('an offer with many m-lines creates a bounded number of receivers', () => {
  const [head = '', , video = ''] = CHROMIUM_OFFER.split(/^(?=m=)/m);
  const mids = Array.from({ length: 120 }, (_, index) => String(index));
  const group = head.replace(/BUNDLE .*/, `BUNDLE ${mids.join(' ')}`);
  const own = video.replaceAll(/^a=(?:ssrc|msid).*\r\n/gm, '');
  const sdp = group + mids.map((mid) => own.replace('a=mid:1', `a=mid:${mid}`)).join('');
  const end = new TestPeer(1);
  const answer = readDescription(end.answer({ type: 'offer', sdp }).sdp);
  expect(answer.sections).toHaveLength(120);
  expect(answer.sections.filter((section) => !isRejected(section))).toHaveLength(
    MAX_TAKEN_SECTIONS,
  );
  expect(end.state.transceivers).toHaveLength(MAX_TAKEN_SECTIONS);
});

test('the session of the largest description fits the bridge', () => {
  const [head = '', , video = ''] = CHROMIUM_OFFER.split(/^(?=m=)/m);
  const mids = Array.from({ length: MAX_TAKEN_SECTIONS }, (_, index) =>
    `${index}`.padStart(16, 'm'),
  );
  const group = head.replace(/BUNDLE .*/, `BUNDLE ${mids.join(' ')}`);
  const short = video.replaceAll(
    /^a=(?:ssrc|msid|rtcp-fb:(?!96)|extmap:(?!4 )|rtpmap:(?!96)|fmtp).*\r\n/gm,
    '',
  );
  const sections = mids.map((mid, index) => {
    const sources = Array.from(
      { length: 20 },
      (_, at) => `a=ssrc:${index * 100 + at + 1} cname:x\r\n`,
    );
    const parameters = `a=fmtp:96 ${'"'.repeat(1000)}\r\n`;
    return short.replace('a=mid:1', `a=mid:${mid}`) + parameters + sources.join('');
  });
  const end = new TestPeer(1);
  end.answer({ type: 'offer', sdp: group + sections.join('') });
  // `MAX_TEXT_BYTES` of the bridge. A larger request would close the bridge and end all calls.
  expect(JSON.stringify(end.state.session).length).toBeLessThan(2 ** 20);
});

test.each([
  ['a source of two m-lines', (sdp: string) => sdp.replaceAll(/a=ssrc:\d+ /g, 'a=ssrc:7 ')],
])('%s_is_refused_before_it_is_agreed_on', (_, spoil) => {
  const end = new TestPeer(1);
  end.setRemote({ type: 'offer', sdp: spoil(CHROMIUM_OFFER) });
  const sdp = end.createAnswer();
  expect(() => end.setLocal({ type: 'answer', sdp })).toThrow(
    expect.objectContaining({ reason: 'OperationError' }),
  );
});

test('an answer with foreign codecs leaves the other m-lines', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  a.add('video');
  const answer = b.answer(a.offer());
  a.setRemote({ ...answer, sdp: answer.sdp.replaceAll(/ (opus|PCM[UA])\//g, ' speex/') });
  const [audio, video] = a.state.session?.media ?? [];
  expect(audio).toMatchObject({ kind: 'audio', direction: 'inactive' });
  expect(video).toMatchObject({ kind: 'video', direction: 'sendonly' });
});

test('an offer with holdconn is not answered', () => {
  const end = new TestPeer(1);
  end.setRemote({ type: 'offer', sdp: CHROMIUM_OFFER.replaceAll('actpass', 'holdconn') });
  expect(() => end.createAnswer()).toThrow(expect.objectContaining({ reason: 'OperationError' }));
});

/** An offer of a peer that has only G.711, with its static payload types. */
function telephoneOffer(...attributes: readonly string[]): string {
  const [head = '', audio = ''] = CHROMIUM_OFFER.split(/^(?=m=)/m);
  const own = audio
    .replace(/^m=audio .*/, 'm=audio 9 UDP/TLS/RTP/SAVPF 8 0')
    .replaceAll(/^a=(?:rtpmap|fmtp|rtcp-fb):.*\r\n/gm, '');
  return (
    head.replace(/BUNDLE .*/, 'BUNDLE 0') +
    own +
    attributes.map((attribute) => `${attribute}\r\n`).join('')
  );
}

test.each([
  ['static payload types', telephoneOffer()],
  [
    'an rtpmap with one channel',
    telephoneOffer('a=rtpmap:8 PCMA/8000/1', 'a=rtpmap:0 PCMU/8000/1'),
  ],
])('a peer with only G.711, by %s, is answered', (_, sdp) => {
  const end = new TestPeer(1);
  const answer = end.answer({ type: 'offer', sdp }).sdp;
  expect(answer).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 8 0\r\n');
  expect(answer).toContain('a=rtpmap:8 PCMA/8000\r\n');
  expect(end.state.session?.media[0]).toMatchObject({
    kind: 'audio',
    codecs: [
      { name: 'PCMA', payloadType: 8, clockRate: 8000 },
      { name: 'PCMU', payloadType: 0, clockRate: 8000 },
    ],
  });
});

test('G.711 is offered after Opus and taken by a peer without Opus', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  const offer = a.offer();
  expect(offer.sdp).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 110 126\r\n');
  const sdp = offer.sdp.replace(' opus/', ' speex/');
  a.setRemote(b.answer({ ...offer, sdp }));
  const audio = a.state.session?.media[0];
  expect(audio?.kind === 'audio' && audio.codecs.map(({ name }) => name)).toEqual([
    'PCMU',
    'PCMA',
    'telephone-event',
    'telephone-event',
  ]);
});
