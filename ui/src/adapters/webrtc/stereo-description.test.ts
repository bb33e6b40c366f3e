import { expect, test } from 'vitest';

import { withStereo } from './stereo-description';

const audio = (mid: string, stream: string): string =>
  [
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 0',
    `a=mid:${mid}`,
    `a=msid:${stream} track`,
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:0 PCMU/8000',
    '',
  ].join('\r\n');
const SESSION = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';
const VIDEO = 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\na=msid:share track\r\n';
const STEREO = 'a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n';
const MICROPHONE = audio('0', 'devices');

test.each([
  ['by_its_mid', { mids: ['3'], stream: 'other' }],
  ['by_its_stream', { mids: [], stream: 'share' }],
])('section_is_found_%s', (_, stereo) => {
  const sdp = SESSION + MICROPHONE + VIDEO + audio('3', 'share');
  const asked = withStereo(sdp, stereo);
  expect(asked.startsWith(SESSION + MICROPHONE + VIDEO)).toBe(true);
  expect(asked.slice((SESSION + MICROPHONE + VIDEO).length)).toContain(STEREO);
});

test('twice_is_the_same_as_once', () => {
  const stereo = { mids: ['0'], stream: 'share' };
  const once = withStereo(SESSION + MICROPHONE, stereo);
  expect(withStereo(once, stereo)).toBe(once);
});

test('format_without_parameters_gets_them', () => {
  const bare = audio('3', 'share').replace(/a=fmtp:111.*\r\n/, '');
  expect(withStereo(SESSION + bare, { mids: ['3'], stream: 'share' })).toContain(
    'a=rtpmap:111 opus/48000/2\r\na=fmtp:111 stereo=1;sprop-stereo=1\r\na=rtpmap:0 PCMU/8000\r\n',
  );
});

test.each([
  ['microphone', MICROPHONE],
  ['video', VIDEO],
  ['section_without_opus', audio('3', 'share').replace('opus', 'G722')],
])('%s_does_not_change', (_, section) => {
  const sdp = SESSION + section;
  expect(withStereo(sdp, { mids: ['2', '3'], stream: 'share' })).toBe(sdp);
});
