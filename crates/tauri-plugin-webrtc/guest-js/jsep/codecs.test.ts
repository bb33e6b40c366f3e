import { expect, test } from 'vitest';

import type { Codec } from '../bridge/wire.ts';
import type { CodecName, Preferences } from './codecs.ts';
import { CHROMIUM_OFFER } from './testing/chromium.ts';
import { expectAgreement } from './testing/expect-agreement.ts';
import { TestPeer, negotiate } from './testing/test-peer.ts';
import { setPreferences } from './transceivers.ts';

function firstCodec(end: TestPeer): unknown {
  const video = end.state.session?.media[0];
  return video?.kind === 'video' ? video.codecs[0]?.name : null;
}

function preferred(...codecs: readonly CodecName[]): Preferences {
  return { codecs, retransmits: true };
}

test('preferences without RTX leave it out until they are gone', () => {
  for (const preferrer of [0, 1] as const) {
    const ends = [new TestPeer(1), new TestPeer(2)] as const;
    const [a, b] = ends;
    const made = ends.map((end) => end.add('video', 'sendrecv', 'add-track'));
    const set = (preferences: Preferences | null): void =>
      ends[preferrer].change((state) =>
        setPreferences(state, made[preferrer]?.id ?? 0, preferences),
      );
    set({ codecs: ['vp8'], retransmits: false });
    negotiate(a, b);
    expect(codecsOf(a)).toMatchObject([{ name: 'VP8', rtx: null }]);
    expectAgreement(a, b);
    set(null);
    negotiate(a, b);
    negotiate(b, a);
    const [first] = codecsOf(a);
    expect(first).toMatchObject({ name: 'VP8', payloadType: 96 });
    expect(first?.rtx).not.toBeNull();
    negotiate(a, b);
    expect(codecsOf(a)[0]).toEqual(first);
    expectAgreement(a, b);
  }
});

function codecsOf({ state }: TestPeer): readonly Codec[] {
  const first = state.session?.media[0];
  return first?.kind === 'video' ? first.codecs : [];
}

test('codec preferences order offer and answer', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  const { id } = a.add('video', 'sendrecv', 'add-track');
  const other = b.add('video', 'sendrecv', 'add-track');
  a.change((state) => setPreferences(state, id, preferred('h264', 'vp8')));
  negotiate(a, b);
  expect([firstCodec(a), firstCodec(b)]).toEqual(['H264', 'H264']);
  b.change((state) => setPreferences(state, other.id, preferred('vp8')));
  negotiate(a, b);
  expect([firstCodec(a), firstCodec(b)]).toEqual(['VP8', 'VP8']);
});

test('VP8 is negotiated when one side lacks H264', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2, ['vp8'])];
  a.add('video');
  negotiate(a, b);
  const video = a.state.session?.media[0];
  expect(video?.kind === 'video' && video.codecs.map(({ name }) => name)).toEqual(['VP8']);
});

test('payload types of the first offer stay for m-lines that are added later', () => {
  const end = new TestPeer(3);
  const sdp = CHROMIUM_OFFER.replaceAll('96', '35').replaceAll('97', '36');
  end.answer({ type: 'offer', sdp });
  end.add('video');
  const video = /m=video .* (35 36 .*)/.exec(end.createOffer().split('a=mid:3')[0] ?? '');
  expect(video).not.toBeNull();
  const added = end.state.lastOffer?.parsed.sections.at(-1);
  expect(added?.codecs[0]).toMatchObject({ name: 'VP8', payloadType: 35, rtx: 36 });
});
