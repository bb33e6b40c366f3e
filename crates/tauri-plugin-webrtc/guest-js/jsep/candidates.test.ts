import { describe, expect, test } from 'vitest';

import {
  addLocalCandidate,
  MAX_CANDIDATES,
  addRemoteCandidate,
  remoteCandidates,
  type CandidateText,
} from './candidates.ts';
import { readCandidate } from './candidate-line.ts';
import { isRejected } from './sdp/description.ts';
import { CHROMIUM_ANSWER, CHROMIUM_OFFER } from './testing/chromium.ts';
import { TestPeer, negotiate } from './testing/test-peer.ts';
import { restartIce } from './transceivers.ts';

const HOST = 'candidate:1 1 udp 2122260223 192.0.2.1 40000 typ host';

test.each([
  [HOST, { type: 'host', protocol: 'udp', address: '192.0.2.1', port: 40000, tcpType: null }],
  [
    'candidate:2 1 TCP 1518214911 2001:db8::1 9 typ host tcptype active generation 0',
    { type: 'host', protocol: 'tcp', address: '2001:db8::1', tcpType: 'active' },
  ],
  [
    'candidate:3 1 udp 1 203.0.113.9 5 typ srflx raddr 192.0.2.1 rport 40000 ufrag abcd',
    { type: 'srflx', relatedAddress: '192.0.2.1', relatedPort: 40000, usernameFragment: 'abcd' },
  ],
  [
    'a=candidate:4 1 udp 1 6b8a0e2e-0000-4000-8000-000000000000.local 5 typ host',
    { address: '6b8a0e2e-0000-4000-8000-000000000000.local' },
  ],
])('%s', (text, fields) => {
  expect(readCandidate(text)).toMatchObject(fields);
});

test.each([
  '',
  'candidate:',
  'hello',
  HOST.replace('typ host', ''),
  HOST.replace('40000', '70000'),
])('"%s" is no candidate', (text) => {
  expect(readCandidate(text)).toBeNull();
});

function connected(): { a: TestPeer; b: TestPeer } {
  const [a, b] = [new TestPeer(1), new TestPeer(2)];
  a.add('audio');
  a.add('video');
  negotiate(a, b);
  return { a, b };
}

function remote(change: Partial<CandidateText> = {}): CandidateText {
  return { candidate: HOST, sdpMid: '0', sdpMLineIndex: null, usernameFragment: null, ...change };
}

describe('a remote candidate', () => {
  test('is added to the description and forwarded', () => {
    const { a, b } = connected();
    const { state, forward } = addRemoteCandidate(a.state, remote());
    const usernameFragment = b.state.local?.usernameFragment;
    expect(forward).toMatchObject({ text: HOST, candidate: { port: 40000 }, usernameFragment });
    expect(state.current.remote?.sdp).toContain(`a=${HOST}\r\n`);
    expect(state.current.remote?.parsed.sections[0]?.candidates).toEqual([HOST]);
    const twice = addRemoteCandidate(state, remote());
    expect(twice.state.current.remote?.sdp).toBe(state.current.remote?.sdp);
  });

  test('is not forwarded for an m-line that another one carries', () => {
    const { a } = connected();
    expect(addRemoteCandidate(a.state, remote({ sdpMid: '1' })).forward).toBeNull();
  });

  test('that is empty ends the candidates', () => {
    const { a } = connected();
    const all = remote({ candidate: '', sdpMid: null });
    const { state, forward } = addRemoteCandidate(a.state, all);
    expect(forward?.candidate).toBeNull();
    expect(state.current.remote?.sdp.match(/a=end-of-candidates/g)).toHaveLength(2);
    expect(remoteCandidates(state).at(-1)?.candidate).toBeNull();
  });

  test('of a peer that does not trickle ends the candidates', () => {
    const [a, b] = [new TestPeer(1), new TestPeer(2)];
    a.add('audio');
    const offer = a.offer();
    b.setRemote({ ...offer, sdp: offer.sdp.replace('a=ice-options:trickle\r\n', '') });
    expect(remoteCandidates(b.state)).toMatchObject([{ text: '', candidate: null }]);
    const [c, d] = [new TestPeer(3), new TestPeer(4)];
    c.add('audio');
    d.setRemote(c.offer());
    expect(remoteCandidates(d.state)).toEqual([]);
  });

  test.each([
    ['an unknown mid', { sdpMid: '9' }, 'OperationError'],
    ['an unknown index', { sdpMid: null, sdpMLineIndex: 2 }, 'OperationError'],
    ['unknown credentials', { usernameFragment: 'nobody' }, 'OperationError'],
    ['a line that is none', { candidate: 'hello' }, 'OperationError'],
  ])('%s is refused', (_, change, reason) => {
    const { a } = connected();
    expect(() => addRemoteCandidate(a.state, remote(change))).toThrow(
      expect.objectContaining({ reason }),
    );
  });

  test('is refused without a remote description', () => {
    expect(() => addRemoteCandidate(new TestPeer(1).state, remote())).toThrow(
      expect.objectContaining({ reason: 'InvalidStateError' }),
    );
  });

  test('of the answer itself is forwarded', () => {
    const end = new TestPeer(7);
    end.add('audio', 'sendrecv', 'add-transceiver', ['ours']);
    end.add('video', 'sendrecv', 'add-transceiver', ['ours']);
    end.change((state) => ({ ...state, wantsData: true }));
    end.offer();
    const sdp = CHROMIUM_ANSWER.replace('a=ice-ufrag', `a=${HOST}\r\na=ice-ufrag`);
    end.setRemote({ type: 'answer', sdp });
    expect(remoteCandidates(end.state).map(({ text }) => text)).toEqual([HOST]);
  });
});

const FIRST = HOST.replace('40000', '40001');
const SECOND = HOST.replace('40000', '40002');
const THIRD = HOST.replace('40000', '40003');

/** An offer of Chromium whose first m-line has no codec that is known here. */
function offered(): TestPeer {
  const end = new TestPeer(4);
  const sdp = CHROMIUM_OFFER.replaceAll(/ (opus|PCM[UA])\//g, ' speex/');
  end.setRemote({ type: 'offer', sdp });
  return end;
}

function add(end: TestPeer, candidate: string, sdpMid: string): string | null {
  const added = addRemoteCandidate(end.state, remote({ candidate, sdpMid }));
  end.change(() => added.state);
  return added.forward?.text ?? null;
}

function answer(end: TestPeer): void {
  const sdp = end.createAnswer();
  end.setLocal({ type: 'answer', sdp });
  expect(end.state.current.local?.parsed.sections.map(isRejected)).toEqual([true, false, false]);
}

describe('when our answer rejects the first m-line,', () => {
  test('earlier candidates of the m-line that carries the bundle are forwarded', () => {
    const end = offered();
    expect(add(end, FIRST, '0')).toBe(FIRST);
    expect(add(end, SECOND, '1')).toBeNull();
    expect(remoteCandidates(end.state).map(({ text }) => text)).toEqual([FIRST]);
    answer(end);
    const usernameFragment = end.state.session?.remote.usernameFragment;
    expect(remoteCandidates(end.state)).toMatchObject([{ text: SECOND, usernameFragment }]);
    expect(add(end, THIRD, '1')).toBe(THIRD);
  });

  test('candidates of the rejected m-line are forwarded', () => {
    const end = offered();
    answer(end);
    expect(add(end, FIRST, '0')).toBe(FIRST);
    expect(add(end, SECOND, '2')).toBeNull();
  });

  test('local candidates name the m-line that carries the bundle', () => {
    const [a, b] = [new TestPeer(1, ['h264']), new TestPeer(2, ['vp8'])];
    a.add('video');
    a.add('audio');
    const offer = a.offer();
    const usernameFragment = a.state.local?.usernameFragment ?? '';
    const place = (end: TestPeer): unknown =>
      addLocalCandidate(end.state, HOST, usernameFragment)?.place;
    expect(place(a)).toEqual({ sdpMid: '0', sdpMLineIndex: 0 });
    a.setRemote(b.answer(offer));
    expect(place(a)).toEqual({ sdpMid: '1', sdpMLineIndex: 1 });
  });
});

test('candidates beyond the limit are accepted and dropped', () => {
  const { a } = connected();
  let { state } = a;
  let heard = 0;
  for (let port = 2000; port < 4000; port += 1) {
    const candidate = HOST.replace('40000', String(port));
    const added = addRemoteCandidate(state, remote({ candidate }));
    state = added.state;
    if (added.forward !== null) heard += 1;
  }
  expect(heard).toBe(MAX_CANDIDATES);
  expect(state.current.remote?.parsed.sections[0]?.candidates).toHaveLength(MAX_CANDIDATES);
  expect(state.current.remote?.sdp.match(/a=candidate/g)).toHaveLength(MAX_CANDIDATES);
});

test.each([
  ['a very long foundation', HOST.replace(':1 ', `:${'f'.repeat(100_000)} `)],
  ['a very long host name', HOST.replace('192.0.2.1', 'x'.repeat(100_000))],
  ['another component', HOST.replace(' 1 udp', ' 2 udp')],
])('candidate_with_%s_stays_in_the_page', (_, candidate) => {
  const { a } = connected();
  expect(addRemoteCandidate(a.state, remote({ candidate })).forward).toBeNull();
});

test('a candidate belongs to the credentials that its line names', () => {
  const { a } = connected();
  const candidate = `${HOST} generation 0 ufrag next network-cost 10`;
  const { forward } = addRemoteCandidate(a.state, remote({ candidate }));
  expect(forward?.usernameFragment).toBe('next');
});

describe('a local candidate', () => {
  test('is added to the m-line that carries the bundle', () => {
    const { a } = connected();
    const usernameFragment = a.state.local?.usernameFragment ?? '';
    const added = addLocalCandidate(a.state, HOST, usernameFragment);
    expect(added?.place).toEqual({ sdpMid: '0', sdpMLineIndex: 0 });
    expect(added?.state.current.local?.sdp).toContain(`a=${HOST}\r\n`);
    expect(added?.state.current.local?.sdp.indexOf(HOST)).toBeLessThan(
      added?.state.current.local?.sdp.indexOf('m=video') ?? 0,
    );
  });

  test('of old credentials belongs to no description', () => {
    const { a, b } = connected();
    const before = a.state.local?.usernameFragment ?? '';
    a.change(restartIce);
    negotiate(a, b);
    expect(addLocalCandidate(a.state, HOST, before)).toBeNull();
  });
});
