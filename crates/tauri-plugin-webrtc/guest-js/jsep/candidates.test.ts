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
import { End, negotiate } from './testing/end.ts';
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

function connected(): { a: End; b: End } {
  const [a, b] = [new End(1), new End(2)];
  a.add('audio');
  a.add('video');
  negotiate(a, b);
  return { a, b };
}

function remote(change: Partial<CandidateText> = {}): CandidateText {
  return { candidate: HOST, sdpMid: '0', sdpMLineIndex: null, usernameFragment: null, ...change };
}

describe('of the other side', () => {
  test('it goes into the description and to the transport', () => {
    const { a, b } = connected();
    const { state, forward } = addRemoteCandidate(a.state, remote());
    const usernameFragment = b.state.local?.usernameFragment;
    expect(forward).toMatchObject({ text: HOST, candidate: { port: 40000 }, usernameFragment });
    expect(state.current.remote?.sdp).toContain(`a=${HOST}\r\n`);
    expect(state.current.remote?.parsed.sections[0]?.candidates).toEqual([HOST]);
    const twice = addRemoteCandidate(state, remote());
    expect(twice.state.current.remote?.sdp).toBe(state.current.remote?.sdp);
  });

  test('one for an m-line that another carries is not forwarded', () => {
    const { a } = connected();
    expect(addRemoteCandidate(a.state, remote({ sdpMid: '1' })).forward).toBeNull();
  });

  test('the empty one ends them', () => {
    const { a } = connected();
    const all = remote({ candidate: '', sdpMid: null });
    const { state, forward } = addRemoteCandidate(a.state, all);
    expect(forward?.candidate).toBeNull();
    expect(state.current.remote?.sdp.match(/a=end-of-candidates/g)).toHaveLength(2);
    expect(remoteCandidates(state).at(-1)?.candidate).toBeNull();
  });

  test.each([
    ['a mid of none', { sdpMid: '9' }, 'OperationError'],
    ['an index of none', { sdpMid: null, sdpMLineIndex: 2 }, 'OperationError'],
    ['credentials of nobody', { usernameFragment: 'nobody' }, 'OperationError'],
    ['a line that is none', { candidate: 'hello' }, 'OperationError'],
  ])('%s is refused', (_, change, reason) => {
    const { a } = connected();
    expect(() => addRemoteCandidate(a.state, remote(change))).toThrow(
      expect.objectContaining({ reason }),
    );
  });

  test('before a description there is nothing to add to', () => {
    expect(() => addRemoteCandidate(new End(1).state, remote())).toThrow(
      expect.objectContaining({ reason: 'InvalidStateError' }),
    );
  });

  test('those of Chromium’s answer itself', () => {
    const end = new End(7);
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
function offered(): End {
  const end = new End(4);
  const sdp = CHROMIUM_OFFER.replaceAll(' opus/', ' speex/');
  end.setRemote({ type: 'offer', sdp });
  return end;
}

function add(end: End, candidate: string, sdpMid: string): string | null {
  const added = addRemoteCandidate(end.state, remote({ candidate, sdpMid }));
  end.change(() => added.state);
  return added.forward?.text ?? null;
}

function answer(end: End): void {
  const sdp = end.createAnswer();
  end.setLocal({ type: 'answer', sdp });
  expect(end.state.current.local?.parsed.sections.map(isRejected)).toEqual([true, false, false]);
}

describe('where our answer rejects the first m-line', () => {
  test('what came before for the one that carries all is told with it', () => {
    const end = offered();
    expect(add(end, FIRST, '0')).toBe(FIRST);
    expect(add(end, SECOND, '1')).toBeNull();
    expect(remoteCandidates(end.state).map(({ text }) => text)).toEqual([FIRST]);
    answer(end);
    const usernameFragment = end.state.session?.remote.usernameFragment;
    expect(remoteCandidates(end.state)).toMatchObject([{ text: SECOND, usernameFragment }]);
    expect(add(end, THIRD, '1')).toBe(THIRD);
  });

  test('what was under way for the first is not lost', () => {
    const end = offered();
    answer(end);
    expect(add(end, FIRST, '0')).toBe(FIRST);
    expect(add(end, SECOND, '2')).toBeNull();
  });

  test('of our own, they are told for the one that carries all', () => {
    const [a, b] = [new End(1, ['h264']), new End(2, ['vp8'])];
    a.add('video');
    a.add('audio');
    const offer = a.offer();
    const usernameFragment = a.state.local?.usernameFragment ?? '';
    const place = (end: End): unknown =>
      addLocalCandidate(end.state, HOST, usernameFragment)?.place;
    expect(place(a)).toEqual({ sdpMid: '0', sdpMLineIndex: 0 });
    a.setRemote(b.answer(offer));
    expect(place(a)).toEqual({ sdpMid: '1', sdpMLineIndex: 1 });
  });
});

test('candidates_beyond_the_bound_are_accepted_and_not_kept', () => {
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
  ['a foundation that goes on', HOST.replace(':1 ', `:${'f'.repeat(100_000)} `)],
  ['a name that goes on', HOST.replace('192.0.2.1', 'x'.repeat(100_000))],
  ['another component', HOST.replace(' 1 udp', ' 2 udp')],
])('candidate_with_%s_stays_in_the_page', (_, candidate) => {
  const { a } = connected();
  expect(addRemoteCandidate(a.state, remote({ candidate })).forward).toBeNull();
});

test('candidate_is_of_the_credentials_that_its_line_names', () => {
  const { a } = connected();
  const candidate = `${HOST} generation 0 ufrag next network-cost 10`;
  const { forward } = addRemoteCandidate(a.state, remote({ candidate }));
  expect(forward?.usernameFragment).toBe('next');
});

describe('of our own', () => {
  test('it goes into the m-line that carries all', () => {
    const { a } = connected();
    const usernameFragment = a.state.local?.usernameFragment ?? '';
    const added = addLocalCandidate(a.state, HOST, usernameFragment);
    expect(added?.place).toEqual({ sdpMid: '0', sdpMLineIndex: 0 });
    expect(added?.state.current.local?.sdp).toContain(`a=${HOST}\r\n`);
    expect(added?.state.current.local?.sdp.indexOf(HOST)).toBeLessThan(
      added?.state.current.local?.sdp.indexOf('m=video') ?? 0,
    );
  });

  test('one of credentials that are gone belongs nowhere', () => {
    const { a, b } = connected();
    const before = a.state.local?.usernameFragment ?? '';
    a.change(restartIce);
    negotiate(a, b);
    expect(addLocalCandidate(a.state, HOST, before)).toBeNull();
  });
});
