import { expect, test } from 'vitest';

import { JsepError } from '../error.ts';
import { CHROMIUM_ANSWER, CHROMIUM_OFFER } from '../testing/chromium.ts';
import { readDescription } from './read.ts';
import { writeDescription } from './write.ts';

const HEAD = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0'];
const AUDIO = 'm=audio 9 UDP/TLS/RTP/SAVPF 111';

function text(...lines: string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}

function refusal(sdp: string): { reason: string; line: number | null } {
  try {
    readDescription(sdp);
  } catch (error) {
    if (error instanceof JsepError) return { reason: error.reason, line: error.line };
    throw error;
  }
  throw new Error('it was read');
}

test.each([
  ['nothing', '', 1],
  ['no SDP', 'hello', 1],
  ['no origin', text('v=0', 's=-', 't=0 0'), 2],
  ['a short origin', text('v=0', 'o=- 1 1', 's=-', 't=0 0'), 2],
  ['no name', text('v=0', HEAD[1] ?? '', 't=0 0'), 3],
  ['no time', text('v=0', HEAD[1] ?? '', 's=-'), 4],
  ['a line without a letter', text(...HEAD, '=x'), 5],
  ['an m-line without formats', text(...HEAD, 'm=audio 9 UDP/TLS/RTP/SAVPF'), 5],
  ['a port that is none', text(...HEAD, 'm=audio 65536 UDP/TLS/RTP/SAVPF 111'), 5],
  ['a payload type that is none', text(...HEAD, 'm=audio 9 UDP/TLS/RTP/SAVPF 128'), 5],
  ['an rtpmap without a rate', text(...HEAD, AUDIO, 'a=rtpmap:111 opus'), 6],
  ['a fingerprint that is none', text(...HEAD, AUDIO, 'a=fingerprint:sha-256 12'), 6],
  ['a setup that is none', text(...HEAD, AUDIO, 'a=mid:0', 'a=setup:both'), 7],
  ['a candidate that is none', text(...HEAD, AUDIO, 'a=candidate:1 1 udp'), 6],
  ['an fmtp without end', text(...HEAD, AUDIO, `a=fmtp:111 x=${'y'.repeat(2000)}`), 6],
  ['a crowd of m-lines', text(...HEAD, ...Array.from({ length: 129 }, () => AUDIO)), 133],
  ['an ssrc that is none', text(...HEAD, AUDIO, 'a=ssrc:4294967296 cname:x'), 6],
])('%s is refused with its line', (_, sdp, line) => {
  expect(refusal(sdp)).toEqual({ reason: 'OperationError', line });
});

test('an offer of Chromium is read', () => {
  const { sections, bundles } = readDescription(CHROMIUM_OFFER);
  const [audio, video, data] = sections;
  expect(bundles).toEqual([['0', '1', '2']]);
  expect(audio?.codecs.map(({ name }) => name)).toContain('opus');
  expect(video?.codecs.find(({ name }) => name === 'VP8')).toMatchObject({
    payloadType: 96,
    rtx: 97,
    feedback: ['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'],
  });
  expect(video?.sourceGroups).toHaveLength(1);
  expect(data).toMatchObject({ kind: 'application', sctpPort: 5000, maxMessageSize: 262144 });
});

test.each([
  ['offer', CHROMIUM_OFFER],
  ['answer', CHROMIUM_ANSWER],
])('a written %s is read as the same', (_, sdp) => {
  const once = readDescription(writeDescription(readDescription(sdp)));
  expect(readDescription(writeDescription(once))).toEqual(once);
  expect(once.sections.map(({ codecs }) => codecs.map(({ payloadType }) => payloadType))).toEqual(
    readDescription(sdp).sections.map(({ codecs }) =>
      codecs.filter(({ name }) => name !== '').map(({ payloadType }) => payloadType),
    ),
  );
});

test('session-level attributes hold for all m-lines', () => {
  const { sections } = readDescription(
    text(
      ...HEAD,
      'a=ice-ufrag:abcd',
      'a=ice-pwd:0123456789012345678901',
      `a=fingerprint:SHA-256 ${'ab:'.repeat(31)}ab`,
      'a=setup:active',
      'a=recvonly',
      AUDIO,
      'a=mid:0',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=mid:1',
      'a=sendonly',
    ),
  );
  expect(sections.map(({ direction }) => direction)).toEqual(['recvonly', 'sendonly']);
  for (const section of sections) {
    expect(section.ice).toEqual({ usernameFragment: 'abcd', password: '0123456789012345678901' });
    expect(section.fingerprints).toEqual([
      { algorithm: 'sha-256', value: `${'AB:'.repeat(31)}AB` },
    ]);
    expect(section.setup).toBe('active');
  }
});

test('ids with braces, as in Firefox, are kept', () => {
  const { sections } = readDescription(text(...HEAD, AUDIO, 'a=msid:{a-b} {c-d}', 'a=msid:-'));
  expect(sections[0]?.msids).toEqual([
    { stream: '{a-b}', track: '{c-d}' },
    { stream: null, track: null },
  ]);
});

test('without a=msid the a=ssrc lines give the streams', () => {
  const { sections } = readDescription(
    text(...HEAD, AUDIO, 'a=ssrc:7 cname:c', 'a=ssrc:7 msid:s t', 'a=ssrc:8 msid:s t'),
  );
  expect(sections[0]?.msids).toEqual([{ stream: 's', track: 't' }]);
  expect(sections[0]?.sources).toEqual([
    { ssrc: 7, cname: 'c' },
    { ssrc: 8, cname: null },
  ]);
});

test('lines may end without a carriage return, unknown attributes are ignored', () => {
  const sdp = [...HEAD, 'b=AS:1', 'a=x-what', AUDIO, 'a=mid:0', 'a=y:z'].join('\n');
  expect(readDescription(sdp).sections[0]?.mid).toBe('0');
});
