// What gateways write otherwise, and how much of it: rules that the differential test does not show.

import { expect, test } from 'vitest';

import { isRejected } from './sdp/description.ts';
import { readDescription } from './sdp/read.ts';
import { CHROMIUM_OFFER } from './testing/chromium.ts';
import { End } from './testing/end.ts';
import { MAX_TAKEN_SECTIONS } from './validate.ts';

const OLD_DATA = CHROMIUM_OFFER.replace(
  'UDP/DTLS/SCTP webrtc-datachannel',
  'DTLS/SCTP 5000',
).replace('a=sctp-port:5000', 'a=sctpmap:5000 webrtc-datachannel 1024');

test('old_data_channel_offer_is_answered_in_its_form', () => {
  const end = new End(1);
  const { sdp } = end.answer({ type: 'offer', sdp: OLD_DATA });
  expect(sdp).toContain('m=application 9 DTLS/SCTP 5000\r\n');
  expect(sdp).toContain('a=sctpmap:5000 webrtc-datachannel 1024\r\n');
  expect(sdp).not.toContain('a=sctp-port');
  expect(end.state.session?.media[2]).toMatchObject({ kind: 'application', sctpPort: 5000 });
  // The peer may know no other form, so later offers keep it.
  expect(end.createOffer()).toContain('m=application 9 DTLS/SCTP 5000\r\n');
});

test('offer_of_a_crowd_of_m_lines_makes_bounded_receivers', () => {
  const [head = '', , video = ''] = CHROMIUM_OFFER.split(/^(?=m=)/m);
  const mids = Array.from({ length: 120 }, (_, index) => String(index));
  const group = head.replace(/BUNDLE .*/, `BUNDLE ${mids.join(' ')}`);
  const own = video.replaceAll(/^a=(?:ssrc|msid).*\r\n/gm, '');
  const sdp = group + mids.map((mid) => own.replace('a=mid:1', `a=mid:${mid}`)).join('');
  const end = new End(1);
  const answer = readDescription(end.answer({ type: 'offer', sdp }).sdp);
  expect(answer.sections).toHaveLength(120);
  expect(answer.sections.filter((section) => !isRejected(section))).toHaveLength(
    MAX_TAKEN_SECTIONS,
  );
  expect(end.state.transceivers).toHaveLength(MAX_TAKEN_SECTIONS);
});

test('agreement_with_the_largest_description_fits_the_bridge', () => {
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
  const end = new End(1);
  end.answer({ type: 'offer', sdp: group + sections.join('') });
  // As `MAX_TEXT_BYTES` of the bridge has it; beyond it the page would lose all its calls.
  expect(JSON.stringify(end.state.session).length).toBeLessThan(2 ** 20);
});

test.each([
  ['a source of two m-lines', (sdp: string) => sdp.replaceAll(/a=ssrc:\d+ /g, 'a=ssrc:7 ')],
])('%s_is_refused_before_it_is_agreed_on', (_, spoil) => {
  const end = new End(1);
  end.setRemote({ type: 'offer', sdp: spoil(CHROMIUM_OFFER) });
  const sdp = end.createAnswer();
  expect(() => end.setLocal({ type: 'answer', sdp })).toThrow(
    expect.objectContaining({ reason: 'OperationError' }),
  );
});

test('answer_by_foreign_codecs_leaves_the_rest_of_the_call', () => {
  const [a, b] = [new End(1), new End(2)];
  a.add('audio');
  a.add('video');
  const answer = b.answer(a.offer());
  a.setRemote({ ...answer, sdp: answer.sdp.replaceAll(' opus/', ' speex/') });
  const [audio, video] = a.state.session?.media ?? [];
  expect(audio).toMatchObject({ kind: 'audio', direction: 'inactive', codecs: [{ name: 'opus' }] });
  expect(video).toMatchObject({ kind: 'video', direction: 'sendonly' });
});

test('holdconn_offer_is_not_answered', () => {
  const end = new End(1);
  end.setRemote({ type: 'offer', sdp: CHROMIUM_OFFER.replaceAll('actpass', 'holdconn') });
  expect(() => end.createAnswer()).toThrow(expect.objectContaining({ reason: 'OperationError' }));
});
