// Who is in the room and what that means for links: tables of what the relay says.

import { describe, expect, it } from 'vitest';
import {
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
  VISIT,
} from './simulation/script';
import type { Link } from './state';
import type { ErrorCode } from '../protocol/wire';

/** In an open, connected call with `a`, as `m`. */
function inCall(): Script {
  const script = new Script().enter('m', [member('a')]);
  script.play(...calls('a', 'c'), { type: 'accept-pressed' });
  script.play({ type: 'peer-done', link: 'page-1', local: { type: 'answer', sdp: 'mine' } });
  script.play({ type: 'peer-connection', link: 'page-1', state: 'connected' });
  return script;
}

function linkIn({ state: { call } }: Script): Link | undefined {
  return call.kind === 'active' ? call.links[0] : undefined;
}

describe('a member who is lost', () => {
  it('leaves his link waiting for him while its path is there', () => {
    const script = inCall();
    script.play(heard({ type: 'user:left', id: 'a', reason: 'lost' }));
    expect(linkIn(script)).toMatchObject({ orphan: true, path: 'connected' });
  });

  it('takes the link up again under another id, with politeness as the new ids have it', () => {
    const script = inCall();
    expect(linkIn(script)?.negotiation.polite).toBe(false);
    const back = member('z', { session: 'session of a', call: 'c' });
    script.play(
      heard({ type: 'user:left', id: 'a', reason: 'lost' }),
      heard({ type: 'user:joined', user: back }),
      returned(script, 'z'),
    );
    expect(linkIn(script)).toMatchObject({ id: 'page-1', member: 'z', orphan: false });
    expect(linkIn(script)?.negotiation.polite).toBe(true);
  });

  it('ends it when he does not come back, or the path fails as well', () => {
    for (const event of [
      { type: 'timer-fired', timer: 'orphan:page-1' },
      { type: 'peer-connection', link: 'page-1', state: 'failed' },
    ] as const) {
      const script = inCall();
      script.play(heard({ type: 'user:left', id: 'a', reason: 'lost' }), event);
      expect(script.state.call).toMatchObject({ kind: 'none', ended: { reason: 'lost' } });
    }
  });

  it('ends it at once when the path was lost already', () => {
    const script = inCall();
    script.play({ type: 'peer-connection', link: 'page-1', state: 'failed' });
    expect(linkIn(script)?.path).toBe('reconnecting');
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
    expect(effects).toContainEqual({ type: 'remember-visit', visit: VISIT });
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
    expect(effects).toContainEqual({ type: 'remember-visit', visit: null });
  });
});

describe('the relay', () => {
  it('may be away: that is marked, and ends nothing', () => {
    const script = inCall();
    expect(script.play({ type: 'signaling-waiting', message: 'Away.' })).toEqual([]);
    expect(script.state.signaling).toEqual({ kind: 'waiting', message: 'Away.' });
    expect(script.state.call.kind).toBe('active');
  });

  it('may have forgotten everybody: links wait for their other ends', () => {
    const script = inCall();
    script.play(heard(joined('n', [])));
    expect(linkIn(script)).toMatchObject({ orphan: true });
    script.play(
      heard({ type: 'user:joined', user: member('b', { session: 'session of a', call: 'c' }) }),
      returned(script, 'b'),
    );
    expect(linkIn(script)).toMatchObject({ member: 'b', orphan: false });
  });

  it('is told the status again after every return', () => {
    const effects = inCall().play(heard(joined('m', [member('a', { call: 'c' })], true)));
    expect(asked(effects)).toContain('signaling-send');
  });

  it('a repeated status makes an unanswered offer be said again', () => {
    const script = inCall();
    script.play({ type: 'peer-negotiation-needed', link: 'page-1' });
    const local = { type: 'offer', sdp: 'mine' } as const;
    expect(directed(script.play({ type: 'peer-done', link: 'page-1', local }))).toEqual([
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
  ])('refuses a join with %s: outside, with a sentence at %s', (code, field) => {
    const script = new Script();
    script.play({ type: 'join-pressed', visit: VISIT });
    const message = 'No.';
    const effects = script.play(heard({ type: 'error', code, message, about: 'room:join' }));
    expect(script.state).toMatchObject({ room: { kind: 'outside' }, problem: { field } });
    expect(asked(effects)).toContain('signaling-leave');
  });

  it('refuses the place while a call is on: the call goes on and the place is tried again', () => {
    const script = inCall();
    script.play(heard({ type: 'error', code: 'room-full', message: 'No.', about: 'room:join' }));
    expect(script.state.call.kind).toBe('active');
    expect(asked(script.play({ type: 'timer-fired', timer: 'rejoin-room' }))).toEqual([
      'signaling-join',
    ]);
  });

  it('is lost for good: outside, the call over', () => {
    const script = inCall();
    script.play({ type: 'signaling-failed', field: 'relay', message: 'Gone.' });
    expect(script.state).toMatchObject({
      room: { kind: 'outside' },
      call: { kind: 'none' },
      problem: { field: 'relay', message: 'Gone.' },
    });
  });
});

describe('a reload', () => {
  const reloaded = { ...VISIT, rejoin: 'c' };

  it('goes back into its call when somebody is in it, and says so all the while', () => {
    const script = new Script();
    const joining = script.play({ type: 'join-pressed', visit: reloaded });
    expect(joining[0]).toMatchObject({ type: 'signaling-join' });
    expect(JSON.stringify(joining)).toContain('\\"call\\":\\"c\\"');
    const effects = script.play(heard(joined('m', [member('a', { call: 'c' })])));
    expect(asked(effects)).toContain('peer-offer page-1');
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'c' });
    expect(script.state.room).toMatchObject({ visit: { rejoin: null } });
  });

  it('waits a while for those who are not back yet, and not for ever', () => {
    const script = new Script().enter('m', [], reloaded);
    expect(script.state.call.kind).toBe('none');
    script.play(heard({ type: 'user:joined', user: member('a', { call: 'c' }) }));
    expect(script.state.call.kind).toBe('active');
    const alone = new Script().enter('m', [], reloaded);
    alone.play({ type: 'timer-fired', timer: 'rejoin' });
    expect(alone.state.room).toMatchObject({ visit: { rejoin: null } });
  });
});

describe('calling', () => {
  it('rings everybody who can hold calls, whatever session they say', () => {
    const script = new Script().enter('m', [
      member('a'),
      member('window', { calls: false }),
      member('old', { session: 's' }),
      member('new', { session: 's' }),
    ]);
    const effects = script.play({ type: 'call-pressed', newCall: 'c' });
    expect(asked(effects).filter((name) => name.startsWith('peer-open'))).toHaveLength(3);
    const links = [{ member: 'a' }, { member: 'old' }, { member: 'new' }];
    expect(script.state.call).toMatchObject({ links });
  });

  it('joins the call that runs, by its id', () => {
    const script = new Script().enter('m', [member('a', { call: 'c' }), member('b')]);
    script.play({ type: 'call-pressed', newCall: 'new' });
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'c', links: [{ member: 'a' }] });
  });

  it('does nothing where nobody is', () => {
    const script = new Script().enter('m');
    script.play({ type: 'call-pressed', newCall: 'c' });
    expect(script.state.call.kind).toBe('none');
  });
});
