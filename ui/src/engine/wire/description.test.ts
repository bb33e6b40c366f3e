// Limits for remote descriptions, and the messages about them.

import { describe, expect, it } from 'vitest';
import { descriptionFault, fingerprintOf, MAX_CANDIDATES } from './description';
import type { Peer } from '../state';
import {
  asked,
  calls,
  directed,
  member,
  said,
  Script,
  sdpOf,
  statusOf,
} from '../simulation/script';

const BASE = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n';

function sections(count: number, lines = ''): string {
  return BASE + `m=video 9 UDP/TLS/RTP/SAVPF 96\r\n${lines}`.repeat(count);
}

function candidates(count: number): string {
  return 'a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n'.repeat(count);
}

describe('description_that_is_too_much_is_refused', () => {
  it.each([
    ['an ordinary one', sections(2, candidates(20)), null],
    ['room for what is added later', sections(8), null],
    ['40 video sections', sections(40), 'too-many-sections'],
    [
      '9 sections that end with LF alone',
      sections(9).replaceAll('\r\n', '\n'),
      'too-many-sections',
    ],
    [
      '9 sections that end with CR alone',
      sections(9).replaceAll('\r\n', '\r'),
      'too-many-sections',
    ],
    ['as many candidates as there may be', sections(1, candidates(MAX_CANDIDATES)), null],
    ['one more, over two sections', sections(2, candidates(129)), 'too-many-candidates'],
    ['one encoding asked for', sections(1, 'a=simulcast:recv 1\r\n'), null],
    ['one with a choice', sections(1, 'a=simulcast:recv 1,2\r\n'), null],
    ['three encodings asked for', sections(1, 'a=simulcast:recv 1;2;3\r\n'), 'too-many-encodings'],
    [
      'the same beside its own',
      sections(1, 'a=simulcast:send 1;2 recv 3;4\r\n'),
      'too-many-encodings',
    ],
    ['three encodings of its own', sections(1, 'a=simulcast:send 1;2;3\r\n'), null],
    ['60,000 letters', 'x'.repeat(60_000), null],
    ['one more', 'x'.repeat(60_001), 'too-long'],
    ['nothing', '', null],
  ] as const)('%s', (_, sdp, fault) => {
    expect(descriptionFault(sdp)).toBe(fault);
  });
});

it.each([
  ['none', BASE, null],
  ['one', sdpOf('x', 'AB:CD'), 'sha-256 ab:cd'],
  ['the same in each section', sdpOf('x', 'AB') + sdpOf('y', 'ab'), 'sha-256 ab'],
  ['several, in any order', sdpOf('x', 'B') + sdpOf('y', 'A'), 'sha-256 a sha-256 b'],
])('fingerprints of a description: %s', (_, sdp, fingerprint) => {
  expect(fingerprintOf(sdp)).toBe(fingerprint);
});

const TOO_MUCH = sections(40);
const media = { microphone: true, camera: true } as const;

/** In an open call with `a`, who called. */
function inCall(): Script {
  const script = new Script().enter('m', [member('a')]);
  script.play(...calls('a', 'c'), { type: 'accept-pressed' });
  const local = { type: 'answer', sdp: sdpOf('mine', 'm'), mids: {} } as const;
  script.play({ type: 'peer-done', peer: 'page-1', local });
  return script;
}

function peerIn({ state: { call } }: Script): Peer | undefined {
  return call.kind === 'active' ? call.peers[0] : undefined;
}

describe('refused_description_is_told_to_both_and_never_set', () => {
  it('of a call that rings', () => {
    const script = new Script().enter('m', [member('a')]);
    const told = { media, called: null, kind: 'video' } as const;
    const of = { call: 'c', connection: 'a-1', serial: 1, ...told } as const;
    const offer = { type: 'offer', sdp: TOO_MUCH, mids: {} } as const;
    const effects = script.play(
      statusOf('a', { call: 'c' }),
      said('a', { type: 'user:call', ...of, offer }),
    );
    expect(directed(effects)).toEqual(['a call:declined unusable']);
    expect(script.state.call.kind).toBe('none');
  });

  it('as an answer to our call', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play({ type: 'call-pressed', newCall: 'c' });
    const local = { type: 'offer', sdp: sdpOf('mine', 'm'), mids: {} } as const;
    script.play({ type: 'peer-done', peer: 'page-1', local });
    const answer = { type: 'answer', sdp: TOO_MUCH, mids: {} } as const;
    const of = { call: 'c', connection: 'page-1+a-1', serial: 1, media } as const;
    const effects = script.play(said('a', { type: 'call:accepted', ...of, answer }));
    expect(directed(effects)).toEqual(['a call:ended unusable']);
    expect(asked(effects)).not.toContain('peer-accept-answer page-1');
    expect(script.state.call).toMatchObject({ kind: 'none', ended: { reason: 'unusable' } });
  });

  it.each([
    ['too much', TOO_MUCH + sdpOf('', 'a-1')],
    ['of another certificate', sdpOf('x', 'another')],
    ['of no certificate', 'x'],
  ])('as a renegotiation: %s', (_, sdp) => {
    const script = inCall();
    const connection = peerIn(script)?.connection ?? null;
    const offer = { type: 'offer', sdp, mids: {} } as const;
    const of = { call: 'c', connection, serial: 2 } as const;
    const effects = script.play(said('a', { type: 'peer:nego:needed', ...of, offer }));
    expect(directed(effects)).toEqual(['a call:ended unusable']);
    expect(asked(effects)).not.toContain('peer-accept-offer page-1');
    expect(script.state.call).toMatchObject({ kind: 'none', ended: { reason: 'unusable' } });
  });

  it('but one of the same certificate is set', () => {
    const script = inCall();
    const connection = peerIn(script)?.connection ?? null;
    const offer = { type: 'offer', sdp: sdpOf('again', 'a-1'), mids: {} } as const;
    const of = { call: 'c', connection, serial: 2 } as const;
    const effects = script.play(said('a', { type: 'peer:nego:needed', ...of, offer }));
    expect(asked(effects)).toContain('peer-accept-offer page-1');
  });
});

it('trickled_candidates_of_one_connection_are_limited', () => {
  const script = inCall();
  const connection = peerIn(script)?.connection ?? null;
  const effects = Array.from({ length: 2 * MAX_CANDIDATES }, (_, index) =>
    script.play(
      said('a', {
        type: 'peer:candidate',
        call: 'c',
        connection,
        candidate: { candidate: `candidate:${index}` },
      }),
    ),
  ).flat();
  expect(asked(effects).filter((name) => name === 'peer-add-candidate page-1')).toHaveLength(
    MAX_CANDIDATES,
  );
});
