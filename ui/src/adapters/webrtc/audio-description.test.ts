import { expect, test } from 'vitest';

import type { AudioGrant } from '../../engine/budget/grant';
import { withAudioGrant } from './audio-description';

const NARROW: AudioGrant = { kind: 'send', ptimeMs: 60, maxBitrate: 16_000, silence: 'left-out' };
const FULL: AudioGrant = { kind: 'send', ptimeMs: 20, maxBitrate: 32_000, silence: 'sent' };

const SESSION = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';
const AUDIO = [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 0',
  'a=mid:0',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1;usedtx=0',
  'a=rtpmap:0 PCMU/8000',
  '',
].join('\r\n');
const VIDEO = 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n';
const SDP = SESSION + AUDIO + VIDEO;

test('narrow_audio_is_asked_for_in_its_section', () => {
  const asked = withAudioGrant(SDP, '0', NARROW);
  expect(asked.startsWith(SESSION)).toBe(true);
  expect(asked.endsWith(VIDEO)).toBe(true);
  expect(asked).toContain(
    'a=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=16000;usedtx=1\r\n',
  );
  expect(asked).toContain('a=rtpmap:0 PCMU/8000\r\na=ptime:60\r\nm=video');
  expect(asked.match(/a=fmtp:111/g)).toHaveLength(1);
  expect(asked).toContain('a=rtpmap:0 PCMU/8000\r\n');
});

test('twice_is_the_same_as_once', () => {
  const once = withAudioGrant(SDP, '0', NARROW);
  expect(withAudioGrant(once, '0', NARROW)).toBe(once);
});

test.each([
  ['full_audio', SDP, '0', FULL],
  ['unknown_section', SDP, null, NARROW],
  ['section_of_video', SDP, '1', NARROW],
  ['no_opus', SDP.replace('opus', 'G722'), '0', NARROW],
])('%s_changes_nothing', (_, sdp, mid, grant) => {
  expect(withAudioGrant(sdp, mid, grant)).toBe(sdp);
});

test('section_without_a_format_gets_one', () => {
  const bare = SDP.replace(/a=fmtp:111.*\r\n/, '');
  expect(withAudioGrant(bare, '0', NARROW)).toContain(
    'a=fmtp:111 maxaveragebitrate=16000;usedtx=1\r\n',
  );
});
