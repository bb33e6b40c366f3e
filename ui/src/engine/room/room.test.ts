// Room changes and their effect on peers, as tables of relay messages.

import { describe, expect, it } from 'vitest';
import {
  announced,
  asked,
  calls,
  directed,
  heard,
  joined,
  member,
  returned,
  said,
  Script,
  statusOf,
  ROOM_SESSION,
} from '../simulation/script';
import type { Peer } from '../state';
import type { ErrorCode } from '../../protocol/wire';

/** In an open, connected call with `a`, as `m`. */
function inCall(): Script {
  const script = new Script().enter('m', [member('a')]);
  script.play(...calls('a', 'c'), { type: 'accept-pressed' });
  script.play({
    type: 'peer-done',
    peer: 'page-1',
    local: { type: 'answer', sdp: 'mine', mids: {} },
  });
  script.play({ type: 'peer-connection', peer: 'page-1', state: 'connected' });
  return script;
}

function peerIn({ state: { call } }: Script): Peer | undefined {
  return call.kind === 'active' ? call.peers[0] : undefined;
}

describe('a member who is lost', () => {
  it('detaches the peer while its path is connected', () => {
    const script = inCall();
    script.play(heard({ type: 'user:left', id: 'a', reason: 'lost' }));
    expect(peerIn(script)).toMatchObject({ detached: true, path: 'connected' });
  });

  it('reattaches under a new id, with politeness by the new ids', () => {
    const script = inCall();
    expect(peerIn(script)?.negotiation.polite).toBe(false);
    const back = member('z', { session: 'session of a', call: 'c' });
    script.play(
      heard({ type: 'user:left', id: 'a', reason: 'lost' }),
      heard({ type: 'user:joined', user: back }),
      returned(script, 'z'),
    );
    expect(peerIn(script)).toMatchObject({ id: 'page-1', member: 'z', detached: false });
    expect(peerIn(script)?.negotiation.polite).toBe(true);
  });

  it('ends the peer after the timeout, or when the path fails too', () => {
    for (const event of [
      { type: 'timer-fired', timer: { kind: 'detached', peer: 'page-1' } },
      { type: 'peer-connection', peer: 'page-1', state: 'failed' },
    ] as const) {
      const script = inCall();
      script.play(heard({ type: 'user:left', id: 'a', reason: 'lost' }), event);
      expect(script.state.call).toMatchObject({ kind: 'none', ended: { reason: 'lost' } });
    }
  });

  it('ends it at once when the path was lost already', () => {
    const script = inCall();
    script.play({ type: 'peer-connection', peer: 'page-1', state: 'failed' });
    expect(peerIn(script)?.path).toBe('reconnecting');
    script.play(heard({ type: 'user:left', id: 'a', reason: 'lost' }));
    expect(script.state.call).toMatchObject({ kind: 'none', ended: { reason: 'lost' } });
  });

  it('who comes back without the call has left it', () => {
    const script = inCall();
    script.play(
      heard({ type: 'user:left', id: 'a', reason: 'lost' }),
      heard({ type: 'user:joined', user: member('z', { session: 'session of a' }) }),
      returned(script, 'z'),
    );
    expect(script.state.call).toMatchObject({ kind: 'none', ended: { reason: 'hung-up' } });
  });
});

describe('the call ends', () => {
  it.each([
    ['left', heard({ type: 'user:left', id: 'a', reason: 'left' })],
    ['removed', heard({ type: 'user:left', id: 'a', reason: 'removed' })],
    ['moved', said('a', { type: 'call:ended', call: 'c', reason: 'moved' })],
    ['lost', said('a', { type: 'call:ended', call: 'c', reason: 'lost' })],
    ['failed-there', said('a', { type: 'call:ended', call: 'c', reason: 'failed' })],
    ['ended', said('a', { type: 'call:ended', call: 'c', reason: 'ended' })],
    ['hung-up', said('a', { type: 'call:ended', call: 'c', reason: 'hung-up' })],
    ['hung-up', statusOf('a', { call: null })],
  ] as const)('with "%s"', (reason, event) => {
    const script = inCall();
    const effects = script.play(event);
    expect(script.state.call).toEqual({ kind: 'none', ended: { reason, email: 'a@example.org' } });
    expect(asked(effects)).toContain('peer-close page-1');
    expect(effects).toContainEqual({ type: 'remember-room-session', roomSession: ROOM_SESSION });
  });

  it('not by an end of another call', () => {
    const script = inCall();
    script.play(said('a', { type: 'call:ended', call: 'other', reason: 'hung-up' }));
    expect(script.state.call.kind).toBe('active');
  });

  it('and says so to the other when it was ended here', () => {
    expect(directed(inCall().play({ type: 'leave-call-pressed' }))).toEqual([
      'a call:ended hung-up',
    ]);
    const effects = inCall().play({ type: 'leave-room-pressed' });
    expect(directed(effects)).toEqual(['a call:ended left']);
    expect(asked(effects)).toContain('signaling-leave');
    expect(effects).toContainEqual({ type: 'remember-room-session', roomSession: null });
  });
});

describe('the relay', () => {
  it('may be away: that is marked, and ends nothing', () => {
    const script = inCall();
    expect(script.play({ type: 'signaling-waiting', reason: { code: 'relay-lost' } })).toEqual([]);
    expect(script.state.signaling).toEqual({
      kind: 'waiting',
      reason: { code: 'relay-lost' },
    });
    expect(script.state.call.kind).toBe('active');
  });

  it('after a restart without members leaves peers detached', () => {
    const script = inCall();
    script.play(heard(joined('n', [])));
    expect(peerIn(script)).toMatchObject({ detached: true });
    script.play(
      heard({ type: 'user:joined', user: member('b', { session: 'session of a', call: 'c' }) }),
      returned(script, 'b'),
    );
    expect(peerIn(script)).toMatchObject({ member: 'b', detached: false });
  });

  it('is told the status again after every return', () => {
    const effects = inCall().play(heard(joined('m', [member('a', { call: 'c' })], true)));
    expect(asked(effects)).toContain('signaling-send');
  });

  it('a repeated status makes an unanswered offer be said again', () => {
    const script = inCall();
    script.play({ type: 'peer-negotiation-needed', peer: 'page-1' });
    const local = { type: 'offer', sdp: 'mine', mids: {} } as const;
    expect(directed(script.play({ type: 'peer-done', peer: 'page-1', local }))).toEqual([
      'a peer:nego:needed',
    ]);
    expect(directed(script.play(statusOf('a', { call: 'c' })))).toEqual(['a peer:nego:needed']);
  });

  it.each<[ErrorCode, string]>([
    ['room-full', 'room'],
    ['bad-room', 'room'],
    ['wrong-passcode', 'room'],
    ['bad-email', 'email'],
    ['server-full', 'relay'],
  ])('refuses a join with %s: outside, with a problem at %s', (code, field) => {
    const script = new Script();
    script.play({ type: 'join-pressed', roomSession: ROOM_SESSION });
    const message = 'No.';
    const effects = script.play(heard({ type: 'error', code, message, about: 'room:join' }));
    const reason = { code: 'relay-error', error: code, detail: message };
    expect(script.state).toMatchObject({ room: { kind: 'outside' }, problem: { field, reason } });
    expect(asked(effects)).toContain('signaling-leave');
  });

  it('refuses the rejoin: the call goes on and the join is retried', () => {
    const script = inCall();
    script.play(heard({ type: 'error', code: 'room-full', message: 'No.', about: 'room:join' }));
    expect(script.state.call.kind).toBe('active');
    expect(asked(script.play({ type: 'timer-fired', timer: { kind: 'rejoin-room' } }))).toEqual([
      'signaling-join',
    ]);
  });

  it('is lost for good: outside, the call over', () => {
    const script = inCall();
    script.play({ type: 'signaling-failed', field: 'relay', reason: { code: 'relay-gone' } });
    expect(script.state).toMatchObject({
      room: { kind: 'outside' },
      call: { kind: 'none' },
      problem: { field: 'relay', reason: { code: 'relay-gone' } },
    });
  });
});

describe('a reload', () => {
  const reloaded = { ...ROOM_SESSION, rejoin: { id: 'c', scope: 'some' } as const };

  it('rejoins its call once a member is in it, status unchanged', () => {
    const script = new Script();
    const joining = script.play({ type: 'join-pressed', roomSession: reloaded });
    expect(joining[0]).toMatchObject({ type: 'signaling-join' });
    expect(JSON.stringify(joining)).toContain('\\"call\\":\\"c\\"');
    const effects = script.play(heard(joined('m', [member('a', { call: 'c' })])));
    expect(asked(effects)).toContain('peer-offer page-1');
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'c' });
    expect(script.state.room).toMatchObject({ roomSession: { rejoin: null } });
  });

  it('waits for missing members until the timeout', () => {
    const script = new Script().enter('m', [], reloaded);
    expect(script.state.call.kind).toBe('none');
    script.play(heard({ type: 'user:joined', user: member('a', { call: 'c' }) }));
    expect(script.state.call.kind).toBe('active');
    const alone = new Script().enter('m', [], reloaded);
    alone.play({ type: 'timer-fired', timer: { kind: 'rejoin' } });
    expect(alone.state.room).toMatchObject({ roomSession: { rejoin: null } });
  });
});

describe('calling', () => {
  it('calls every member that supports calls, with any session', () => {
    const script = new Script().enter('m', [
      member('a'),
      member('window', { calls: false }),
      member('old', { session: 's' }),
      member('new', { session: 's' }),
    ]);
    const effects = script.play({ type: 'call-pressed', newCall: 'c' });
    expect(asked(effects).filter((name) => name.startsWith('peer-open'))).toHaveLength(3);
    const peers = [{ member: 'a' }, { member: 'old' }, { member: 'new' }];
    expect(script.state.call).toMatchObject({ peers });
  });

  it('joins the call that runs, by its id', () => {
    const script = new Script().enter('m', [member('a', { call: 'c' }), member('b')]);
    script.play({ type: 'call-pressed', newCall: 'new' });
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'c', peers: [{ member: 'a' }] });
  });

  it('does nothing where nobody is', () => {
    const script = new Script().enter('m');
    script.play({ type: 'call-pressed', newCall: 'c' });
    expect(script.state.call.kind).toBe('none');
  });
});

it('member_that_proves_nothing_is_told', () => {
  const script = new Script().enter('me');
  expect(announced(script.play({ type: 'signaling-stranger' }))).toEqual(['unproven-member']);
});
