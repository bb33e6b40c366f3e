import { expect, test } from 'vitest';

import { expectAgreement } from './testing/expect-agreement.ts';
import { TestPeer, type Text } from './testing/test-peer.ts';
import { needsNegotiation } from './transceivers.ts';

test.each([
  ['a direction', 'a=sendrecv', 'a=recvonly'],
  ['ICE credentials', /a=ice-ufrag:.*/, 'a=ice-ufrag:abcdefgh'],
  ['a fingerprint', /(a=fingerprint:\S+) ..:/, '$1 AB:'],
  ['the DTLS role', 'a=setup:actpass', 'a=setup:active'],
  ['a mid', 'a=mid:0', 'a=mid:7'],
  ['a rejected m-line', 'm=audio 9', 'm=audio 0'],
  ['one m-line less', /m=video[^]*/, ''],
  ['a codec more', /(m=audio.*)([^]*?)(a=mid)/, '$1 9$2a=rtpmap:9 G722/8000\r\n$3'],
  ['a line that cannot be read', 'a=mid:0', 'nonsense'],
  ['an earlier version', / 1 IN/, ' 0 IN'],
])('a created description cannot be set with another %s', (_what, from, to) => {
  const a = new TestPeer(1);
  a.add('audio');
  a.add('video');
  const sdp = a.createOffer();
  expect(sdp.replace(from, to)).not.toBe(sdp);
  const set = (text: string) => () => a.setLocal({ type: 'offer', sdp: text });
  expect(set(sdp.replace(from, to))).toThrow(
    expect.objectContaining({ reason: 'InvalidModificationError' }),
  );
  expect(set(sdp)).not.toThrow();
});

test('edits of a created description that only the peer reads are kept', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  a.add('video');
  const edited = a
    .createOffer()
    .replace('a=ice-options:trickle\r\n', '')
    .replace('useinbandfec=1', 'useinbandfec=1;stereo=1')
    .replace(/(m=video.*SAVPF) 96 97/, '$1')
    .replace(/a=.*:9[67] .*\r\n/g, '')
    .replace(/(m=video[^]*?)a=mid/, '$1b=AS:500\r\na=mid');
  const offer: Text = { type: 'offer', sdp: edited };
  a.setLocal(offer);
  expect(a.state.pending.local?.sdp).toBe(edited);
  a.setRemote(b.answer(offer));
  expectAgreement(a, b);
  const video = a.state.session?.media.find(({ kind }) => kind === 'video');
  expect(video).toMatchObject({ codecs: [{ name: 'H264' }] });
  expect(needsNegotiation(a.state)).toBe(false);
});
