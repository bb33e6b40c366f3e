import { expect, test } from 'vitest';

import { isRejected } from './sdp/description.ts';
import { byMid } from './state.ts';
import { CHROMIUM_ANSWER, CHROMIUM_OFFER, CHROMIUM_REOFFER } from './testing/chromium.ts';
import { expectAgreement } from './testing/expect-agreement.ts';
import { TestPeer, negotiate } from './testing/test-peer.ts';
import {
  adoptForTrack,
  needsNegotiation,
  restartIce,
  setDirection,
  setStreams,
  stopTransceiver,
  wantData,
} from './transceivers.ts';

const ROLLBACK = { type: 'rollback', sdp: '' } as const;

function directions(end: TestPeer): unknown {
  return end.state.transceivers.map(({ negotiated }) => [
    negotiated.mid,
    negotiated.currentDirection,
  ]);
}

function media(end: TestPeer): unknown {
  return end.state.session?.media.map((one) => [one.kind, one.mid]);
}

/** What one peer sends is what the other expects. */
test('an offer and an answer negotiate media in both directions', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio', 'sendrecv', 'add-transceiver', ['s']);
  a.add('video', 'sendrecv', 'add-transceiver', ['s']);
  a.change(wantData);
  b.add('audio', 'sendrecv', 'add-track', ['t']);
  b.add('video', 'sendrecv', 'add-track', ['t', 'u']);
  negotiate(a, b);
  expect(media(a)).toEqual([
    ['audio', '0'],
    ['video', '1'],
    ['application', '2'],
  ]);
  expect(directions(a)).toEqual(directions(b));
  expect(b.state.transceivers).toHaveLength(2);
  expect(a.state.transceivers[1]?.negotiated.remoteStreams).toEqual(['t', 'u']);
  expect(b.told[0]?.tracks).toHaveLength(2);
  expect(a.told.at(-1)?.tracks).toHaveLength(2);
  expect([needsNegotiation(a.state), needsNegotiation(b.state)]).toEqual([false, false]);
  expectAgreement(a, b);
});

test('a transceiver of addTransceiver does not take a remote m-line', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  b.add('audio');
  negotiate(a, b);
  expect(directions(b)).toEqual([
    [null, null],
    ['0', 'recvonly'],
  ]);
  expect(needsNegotiation(b.state)).toBe(true);
  negotiate(b, a);
  expect(directions(a)).toEqual([
    ['0', 'sendonly'],
    ['1', 'recvonly'],
  ]);
});

test('an explicit rollback removes what the offer created', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio', 'sendrecv', 'add-transceiver', ['s']);
  const offer = a.offer();
  const set = b.setRemote(offer);
  expect(set.added).toHaveLength(1);
  expect(set.tracks).toHaveLength(1);
  const back = b.setRemote(ROLLBACK);
  expect(back.removed).toHaveLength(1);
  expect(back.muted).toHaveLength(1);
  expect(back.state.transceivers).toEqual([]);
  expect(a.setLocal(ROLLBACK).state.transceivers[0]?.negotiated.mid).toBeNull();
  // Candidates of a rolled back offer belong to no description: the next offer has other
  // credentials.
  const credentials = /a=ice-ufrag:(.*)/.exec(offer.sdp)?.[1];
  expect(a.offer().sdp).not.toContain(credentials);
});

test('a remote transceiver that addTrack reused survives the rollback', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  b.setRemote(a.offer());
  const id = b.state.transceivers[0]?.id ?? 0;
  b.change((state) => adoptForTrack(state, id, ['t']));
  b.setRemote(ROLLBACK);
  expect(b.state.transceivers.map(({ direction }) => direction)).toEqual(['sendrecv']);
  expect(needsNegotiation(b.state)).toBe(true);
});

test('the polite peer’s offer is rolled back on glare', () => {
  const [polite, rude] = [new TestPeer(1), new TestPeer(2)];
  polite.add('audio', 'sendrecv', 'add-track', ['s']);
  rude.add('audio', 'sendrecv', 'add-track', ['t']);
  polite.offer();
  const offer = rude.offer();
  const answer = polite.answer(offer);
  rude.setRemote(answer);
  expect(directions(polite)).toEqual([['0', 'sendrecv']]);
  expect(directions(rude)).toEqual([['0', 'sendrecv']]);
  expectAgreement(rude, polite);
});

test('the next offer rejects a stopped transceiver, a later one reuses its m-line', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  const video = a.add('video');
  negotiate(a, b);
  a.change((state) => stopTransceiver(state, video.id));
  expect(needsNegotiation(a.state)).toBe(true);
  negotiate(a, b);
  expect(a.state.transceivers).toHaveLength(1);
  expect(b.state.transceivers).toHaveLength(1);
  expect(b.told.flatMap(({ stopped }) => stopped)).toHaveLength(1);
  a.add('audio');
  negotiate(a, b);
  expect(a.state.current.local?.parsed.sections.map(({ mid }) => mid)).toEqual(['0', '2']);
  // The session's m-lines keep their places.
  expect(media(a)).toEqual([
    ['audio', '0'],
    ['stopped', '1'],
    ['audio', '2'],
  ]);
  expectAgreement(a, b);
});

test('a transceiver stopped before the answer is inactive, then rejected', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  const offer = a.offer();
  b.setRemote(offer);
  const id = b.state.transceivers[0]?.id ?? 0;
  b.change((state) => stopTransceiver(state, id));
  const answer = b.createAnswer();
  b.setLocal({ type: 'answer', sdp: answer });
  a.setRemote({ type: 'answer', sdp: answer });
  expect(directions(a)).toEqual([['0', 'inactive']]);
  expect(needsNegotiation(b.state)).toBe(true);
  negotiate(b, a);
  expect(a.state.transceivers).toEqual([]);
});

test('the direction is what both sides want', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  const sender = a.add('audio', 'sendrecv');
  negotiate(a, b);
  expect(directions(a)).toEqual([['0', 'sendonly']]);
  b.change((state) => setDirection(state, b.state.transceivers[0]?.id ?? 0, 'sendrecv'));
  expect(needsNegotiation(b.state)).toBe(true);
  negotiate(b, a);
  expect(directions(a)).toEqual([['0', 'sendrecv']]);
  expect(a.told.at(-1)?.tracks).toEqual([]);
  a.change((state) => setDirection(state, sender.id, 'inactive'));
  negotiate(a, b);
  expect(directions(b)).toEqual([['0', 'inactive']]);
  expect(b.told.some(({ muted }) => muted.length === 1)).toBe(true);
});

test('a peer that signals no streams has one for all its tracks', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  a.add('video');
  const { type, sdp } = a.offer();
  b.setRemote({ type, sdp: sdp.replaceAll(/a=msid:.*\r\n/g, '') });
  const streams = b.state.transceivers.map(({ negotiated }) => negotiated.remoteStreams);
  expect(streams).toEqual([['default'], ['default']]);
});

test('changed streams need a negotiation', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  const { id } = a.add('audio', 'sendrecv', 'add-transceiver', ['s']);
  negotiate(a, b);
  a.change((state) => setStreams(state, id, ['t']));
  expect(needsNegotiation(a.state)).toBe(true);
  negotiate(a, b);
  expect(b.state.transceivers[0]?.negotiated.remoteStreams).toEqual(['t']);
  // A stream was added to a track that was there (W3C webrtc-pc, 4.4.1.5).
  expect(b.told.flatMap(({ tracks }) => tracks)).toHaveLength(2);
});

test('an ICE restart changes both credentials and nothing else', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  negotiate(a, b);
  const before = a.state.session;
  a.change(restartIce);
  expect(needsNegotiation(a.state)).toBe(true);
  negotiate(a, b);
  const after = a.state.session;
  expect(needsNegotiation(a.state)).toBe(false);
  expect(after?.local).not.toEqual(before?.local);
  expect(after?.remote).not.toEqual(before?.remote);
  expect(after?.dtlsRole).toBe(before?.dtlsRole);
  expect(after?.media).toEqual(before?.media);
  negotiate(b, a);
  expect(a.state.session?.iceControlling).toBe(true);
  expectAgreement(a, b);
});

test('an answer to a restart does not turn the DTLS roles round', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  b.add('audio');
  negotiate(b, a);
  expect(a.state.session?.dtlsRole).toBe('client');
  a.change(restartIce);
  const { type, sdp } = b.answer(a.offer());
  expect(sdp).toContain('a=setup:passive');
  a.setRemote({ type, sdp: sdp.replaceAll('a=setup:passive', 'a=setup:active') });
  expect(a.state.session?.dtlsRole).toBe('client');
});

test('a restart before the first answer is done by the next offer', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  const offer = a.offer();
  a.change(restartIce);
  a.setRemote(b.answer(offer));
  const before = a.state.session;
  expect(needsNegotiation(a.state)).toBe(true);
  negotiate(a, b);
  expect(needsNegotiation(a.state)).toBe(false);
  expect(a.state.session?.local).not.toEqual(before?.local);
  expectAgreement(a, b);
});

test('a restart during a restart outlives the answer and a rollback', () => {
  for (const end of ['answer', 'rollback'] as const) {
    const [a, b] = [new TestPeer(1), new TestPeer(2)];
    a.add('audio');
    negotiate(a, b);
    a.change(restartIce);
    const offer = a.offer();
    a.change(restartIce);
    if (end === 'answer') a.setRemote(b.answer(offer));
    else a.setLocal(ROLLBACK);
    const before = a.state.session;
    expect(needsNegotiation(a.state)).toBe(true);
    negotiate(a, b);
    expect(needsNegotiation(a.state)).toBe(false);
    expect(a.state.session?.local).not.toEqual(before?.local);
  }
});

test('the last answer can be set after a rollback, if it fits the next offer', () => {
  const [one, other] = [new TestPeer(1), new TestPeer(2)];
  one.add('audio');
  other.add('audio', 'sendrecv', 'add-track');
  const offer = one.offer();
  other.setRemote(offer);
  const answer = { type: 'answer', sdp: other.createAnswer() } as const;
  other.setRemote(ROLLBACK);
  other.setRemote(offer);
  other.setLocal(answer);
  expect(other.state.signaling).toBe('stable');
  one.setRemote(answer);
  expectAgreement(one, other);
});

test.each<readonly ('audio' | 'video')[][]>([[['audio', 'video']], [['video']], [[]]])(
  'the last answer to an offer of audio is refused for %s',
  (kinds) => {
    const [one, other] = [new TestPeer(1), new TestPeer(2)];
    one.add('audio');
    other.setRemote(one.offer());
    const answer = { type: 'answer', sdp: other.createAnswer() } as const;
    other.setRemote(ROLLBACK);
    const another = new TestPeer(3);
    for (const kind of kinds) another.add(kind);
    other.setRemote(another.offer());
    expect(() => other.setLocal(answer)).toThrow('does not fit');
    expect(other.state.signaling).toBe('have-remote-offer');
  },
);

test('an offer can be set again after its rollback, and not after an answer', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  const offer = a.offer();
  a.setLocal(ROLLBACK);
  a.setLocal(offer);
  a.setRemote(b.answer(offer));
  expectAgreement(a, b);
  expect(() => a.setLocal(offer)).toThrow(
    expect.objectContaining({ reason: 'InvalidModificationError' }),
  );
});

test.each([
  [
    'an answer to nothing',
    (end: TestPeer) => end.setRemote({ type: 'answer', sdp: CHROMIUM_ANSWER }),
  ],
  ['a local answer to nothing', (end: TestPeer) => end.setLocal({ type: 'answer', sdp: '' })],
  ['a rollback of nothing', (end: TestPeer) => end.setLocal(ROLLBACK)],
  ['a remote rollback of nothing', (end: TestPeer) => end.setRemote(ROLLBACK)],
  ['createAnswer to nothing', (end: TestPeer) => end.createAnswer()],
])('%s is refused and changes nothing', (_, act) => {
  const end = new TestPeer(1);
  const before = end.state;
  expect(() => act(end)).toThrow(expect.objectContaining({ reason: 'InvalidStateError' }));
  expect(end.state).toBe(before);
});

test.each([
  ['no rtcp-mux', (sdp: string) => sdp.replaceAll('a=rtcp-mux\r\n', '')],
  ['invalid fingerprint', (sdp: string) => sdp.replaceAll(/a=fingerprint.*\r\n/g, '')],
  ['no credentials', (sdp: string) => sdp.replaceAll(/a=ice-(ufrag|pwd).*\r\n/g, '')],
  ['a bundle of what is not there', (sdp: string) => sdp.replace('BUNDLE 0', 'BUNDLE 9 0')],
  [
    'two of one name',
    (sdp: string) => sdp.replace('a=mid:1', 'a=mid:0').replace('BUNDLE 0 1', 'BUNDLE 0'),
  ],
])('an offer with %s is refused', (_, spoil) => {
  const end = new TestPeer(1);
  expect(() => end.setRemote({ type: 'offer', sdp: spoil(CHROMIUM_OFFER) })).toThrow(
    expect.objectContaining({ reason: 'InvalidAccessError' }),
  );
  expect(end.state.signaling).toBe('stable');
});

test.each([
  ['fewer m-lines', (sdp: string) => sdp.slice(0, sdp.indexOf('m=video'))],
  ['another kind', (sdp: string) => sdp.replace('m=video', 'm=text')],
  ['actpass', (sdp: string) => sdp.replaceAll('a=setup:active', 'a=setup:actpass')],
  ['half of it outside of the bundle', (sdp: string) => sdp.replace('BUNDLE 0 1 2', 'BUNDLE 0 2')],
])('an answer with %s is refused', (_, spoil) => {
  const end = offered();
  expect(() => end.setRemote({ type: 'answer', sdp: spoil(CHROMIUM_ANSWER) })).toThrow(
    expect.objectContaining({ reason: 'InvalidAccessError' }),
  );
  expect(end.state.signaling).toBe('have-local-offer');
});

function offered(): TestPeer {
  const end = new TestPeer(7);
  end.add('audio', 'sendrecv', 'add-transceiver', ['ours']);
  end.add('video', 'sendrecv', 'add-transceiver', ['ours']);
  end.change(wantData);
  end.offer();
  return end;
}

test('the answer to Chromium uses the offer’s payload types', () => {
  const end = new TestPeer(3);
  end.add('video', 'sendrecv', 'add-track', ['ours']);
  const answer = end.answer({ type: 'offer', sdp: CHROMIUM_OFFER });
  expect(answer.sdp).toContain('a=group:BUNDLE 0 1 2');
  expect(answer.sdp).not.toContain('goog-remb');
  const video = end.state.session?.media[1];
  expect(video).toMatchObject({ kind: 'video', direction: 'sendrecv' });
  if (video?.kind !== 'video') throw new Error('no video');
  expect(video.codecs.map(({ name, payloadType, rtx }) => [name, payloadType, rtx])).toEqual([
    ['VP8', 96, 97],
    ['H264', 108, 109],
  ]);
  expect(video.receive).toHaveLength(1);
  expect(video.receive[0]?.rtx).not.toBeNull();
  expect(end.state.session).toMatchObject({ dtlsRole: 'client', iceControlling: false });
});

test('an answer and a second offer of Chromium are read', () => {
  const end = offered();
  end.setRemote({ type: 'answer', sdp: CHROMIUM_ANSWER });
  expect(end.state.session).toMatchObject({ dtlsRole: 'server', iceControlling: true });
  expect(media(end)).toEqual([
    ['audio', '0'],
    ['video', '1'],
    ['application', '2'],
  ]);
  const answer = end.answer({ type: 'offer', sdp: CHROMIUM_REOFFER });
  expect(answer.sdp).toContain('m=video 0');
  expect(directions(end)).toEqual([
    ['0', 'sendrecv'],
    ['3', 'recvonly'],
  ]);
  expect(end.state.session).toMatchObject({ dtlsRole: 'server', iceControlling: true });
});

test('an m-line with unknown codecs only is rejected', () => {
  const end = new TestPeer(3);
  const sdp = CHROMIUM_OFFER.replaceAll(' VP8/', ' VP7/').replaceAll(' H264/', ' H263/');
  end.setRemote({ type: 'offer', sdp });
  end.createAnswer();
  const sections = end.state.lastAnswer?.parsed.sections ?? [];
  expect(sections.map(isRejected)).toEqual([false, true, false]);
});

test('an m-line outside of the bundle is rejected', () => {
  const end = new TestPeer(3);
  end.setRemote({ type: 'offer', sdp: CHROMIUM_OFFER.replace('BUNDLE 0 1 2', 'BUNDLE 0 1') });
  end.createAnswer();
  const answer = end.state.lastAnswer?.parsed;
  expect(answer?.bundles).toEqual([['0', '1']]);
  expect(answer?.sections.map(isRejected)).toEqual([false, false, true]);
});

/** An offer as Firefox writes it: session-level attributes, the second m-line bundle-only. */
const FIREFOX_SHAPED = [
  'v=0',
  'o=mozilla...THIS_IS_SDPARTA-99.0 8412 0 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  'a=sendrecv',
  `a=fingerprint:sha-256 ${'0A:'.repeat(31)}0A`,
  'a=group:BUNDLE 0 1 2',
  'a=ice-options:trickle',
  'a=msid-semantic:WMS *',
  'm=audio 9 UDP/TLS/RTP/SAVPF 109 9',
  'c=IN IP4 0.0.0.0',
  'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level',
  'a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1',
  'a=ice-pwd:4bbbb1e9a1ae8ac1f4ae2d4b2c6dc1a1',
  'a=ice-ufrag:c4a1b2d3',
  'a=mid:0',
  'a=msid:{a-stream} {a-track}',
  'a=rtcp-mux',
  'a=rtpmap:109 opus/48000/2',
  'a=rtpmap:9 G722/8000/1',
  'a=setup:actpass',
  'a=ssrc:11 cname:{c}',
  'm=video 0 UDP/TLS/RTP/SAVPF 120 124 126 127 97',
  'c=IN IP4 0.0.0.0',
  'a=bundle-only',
  'a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'a=fmtp:126 profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1',
  'a=fmtp:97 profile-level-id=42e01f;level-asymmetry-allowed=1',
  'a=fmtp:124 apt=120',
  'a=fmtp:127 apt=126',
  'a=mid:1',
  'a=msid:{a-stream} {b-track}',
  'a=rtcp-fb:120 nack',
  'a=rtcp-fb:120 nack pli',
  'a=rtcp-mux',
  'a=rtpmap:120 VP8/90000',
  'a=rtpmap:124 rtx/90000',
  'a=rtpmap:126 H264/90000',
  'a=rtpmap:127 rtx/90000',
  'a=rtpmap:97 H264/90000',
  'a=setup:actpass',
  'a=ssrc:21 cname:{c}',
  'a=ssrc:22 cname:{c}',
  'a=ssrc-group:FID 21 22',
  'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=bundle-only',
  'a=mid:2',
  'a=sctp-port:5000',
  'a=max-message-size:1073741823',
  '',
].join('\r\n');

test('all m-lines of an offer of Firefox are accepted', () => {
  const end = new TestPeer(3);
  const answer = end.answer({ type: 'offer', sdp: FIREFOX_SHAPED });
  expect(answer.sdp).toContain('a=group:BUNDLE 0 1 2');
  expect(media(end)).toEqual([
    ['audio', '0'],
    ['video', '1'],
    ['application', '2'],
  ]);
  const [audio, video, data] = end.state.session?.media ?? [];
  expect(audio).toMatchObject({ codecs: [{ name: 'opus', payloadType: 109 }] });
  expect(video).toMatchObject({
    codecs: [
      { name: 'VP8', payloadType: 120, rtx: 124, feedback: ['nack', 'nack pli'] },
      { name: 'H264', payloadType: 126, rtx: 127 },
    ],
    extensions: [{ id: 3 }, { id: 4 }],
    receive: [{ ssrc: 21, rtx: 22 }],
  });
  expect(data).toMatchObject({ maxMessageSize: 1073741823 });
  expect(end.state.session?.remote.usernameFragment).toBe('c4a1b2d3');
  expect(end.state.transceivers[0]?.negotiated.remoteStreams).toEqual(['{a-stream}']);
});

test('a provisional answer applies at once, the final answer replaces it', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  b.setRemote(a.offer());
  const sdp = b.createAnswer();
  b.setLocal({ type: 'pranswer', sdp });
  expect(a.setRemote({ type: 'pranswer', sdp }).commit).not.toBeNull();
  expect([a.state.signaling, b.state.signaling]).toEqual([
    'have-remote-pranswer',
    'have-local-pranswer',
  ]);
  const final = b.createAnswer();
  b.setLocal({ type: 'answer', sdp: final });
  a.setRemote({ type: 'answer', sdp: final });
  expect([a.state.signaling, b.state.signaling]).toEqual(['stable', 'stable']);
  expectAgreement(a, b);
});

test('mids are assigned by the transceivers they name', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  const { id } = a.add('audio');
  negotiate(a, b);
  expect(byMid(a.state, '0')?.id).toBe(id);
});

test('streams that neither side receives cause no repeated negotiation', () => {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  for (const kind of ['audio', 'video'] as const) {
    a.add(kind, 'sendrecv', 'add-track', ['s']);
    b.add(kind, 'sendrecv', 'add-track', ['t']);
  }
  negotiate(a, b);
  for (const [end, at] of [
    [a, 0],
    [b, 1],
  ] as const) {
    const { id } = end.state.transceivers[at] ?? { id: 0 };
    end.change((state) => setDirection(state, id, 'inactive'));
  }
  negotiate(a, b);
  expect(needsNegotiation(b.state)).toBe(false);
  negotiate(b, a);
  expect(needsNegotiation(a.state)).toBe(false);
  expect(a.state.session?.media.map((one) => 'direction' in one && one.direction)).toEqual([
    'inactive',
    'inactive',
  ]);
});
