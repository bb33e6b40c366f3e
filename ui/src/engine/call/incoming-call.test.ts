// Incoming offers by our state, above all crossing calls.

import { describe, expect, it } from 'vitest';
import type { Event } from '../event';
import {
  asked,
  calls,
  directed,
  heard,
  joined,
  member,
  said,
  Script,
  statusOf,
  ROOM_SESSION,
} from '../simulation/script';

const offer = { type: 'offer', sdp: 'mine', mids: {} } as const;
const answer = { type: 'answer', sdp: 'mine', mids: {} } as const;

/** In the room as `m`, calling everybody, the offers sent. */
function calling(...others: readonly string[]): Script {
  const script = new Script().enter(
    'm',
    others.map((id) => member(id)),
  );
  script.play({ type: 'call-pressed', newCall: 'mine' });
  others.forEach((_, index) => {
    script.play({ type: 'peer-done', peer: `page-${index + 1}`, local: offer });
  });
  return script;
}

/** A call to everybody. */
const toAll = (from: string, call: string): readonly Event[] =>
  calls(from, call, `${from}-1`, 'everybody');

describe('a call that comes', () => {
  it('rings without a call, is accepted with all its candidates', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play(...calls('a', 'theirs'));
    expect(script.state.call).toMatchObject({
      kind: 'incoming',
      rings: [{ email: 'a@example.org' }],
    });
    const candidate = { candidate: 'c1' };
    const trickled = {
      type: 'peer:candidate',
      call: 'theirs',
      connection: 'a-1',
      candidate,
    } as const;
    script.play(said('a', trickled));
    const accepting = script.play({ type: 'accept-pressed' });
    expect(asked(accepting)).toContain('peer-open page-1');
    expect(asked(accepting)).toContain('peer-accept-offer page-1');
    const accepted = script.play({ type: 'peer-done', peer: 'page-1', local: answer });
    expect(directed(accepted)).toEqual(['a call:accepted']);
    expect(accepted).toContainEqual({ type: 'peer-add-candidate', peer: 'page-1', candidate });
    expect(script.state.call).toMatchObject({
      kind: 'active',
      id: 'theirs',
      peers: [{ phase: 'open' }],
    });
  });

  it('rings once, however often it is said', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play(...calls('a', 'theirs'));
    expect(script.play(...calls('a', 'theirs'))).toEqual([]);
  });

  it('is stale when the status of its caller names no call', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play(...calls('a', 'theirs').slice(1));
    expect(script.state.call.kind).toBe('none');
  });

  it('is declined once it was declined', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play(...calls('a', 'theirs'));
    expect(directed(script.play({ type: 'decline-pressed' }))).toEqual([
      'a call:declined declined',
    ]);
    expect(directed(script.play(...calls('a', 'theirs')))).toEqual(['a call:declined declined']);
    expect(script.state.call.kind).toBe('none');
  });

  it('is missed when its caller gives up', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play(...calls('a', 'theirs'));
    script.play(said('a', { type: 'call:ended', call: 'theirs', reason: 'hung-up' }));
    expect(script.state.call).toEqual({
      kind: 'none',
      ended: { reason: 'missed', email: 'a@example.org' },
    });
  });

  it('waits behind another one, and is shown when that is declined', () => {
    const script = new Script().enter('m', [member('a'), member('b')]);
    script.play(...calls('a', 'one'), ...calls('b', 'two'), { type: 'decline-pressed' });
    expect(script.state.call).toMatchObject({ kind: 'incoming', rings: [{ from: 'b' }] });
  });

  it('is told busy when the other one is accepted', () => {
    const script = new Script().enter('m', [member('a'), member('b')]);
    script.play(...calls('a', 'one'), ...calls('b', 'two'));
    expect(directed(script.play({ type: 'accept-pressed' }))).toContain('b call:declined busy');
  });

  it('is refused in words where the engine cannot hold calls', () => {
    const script = new Script({ canCall: false }).enter('m', [member('a')]);
    expect(directed(script.play(...calls('a', 'theirs')))).toEqual(['a call:declined declined']);
    expect(script.state.problem?.reason).toEqual({ code: 'cannot-call', email: 'a@example.org' });
  });
});

describe('calls that cross', () => {
  it('the larger id stands: the other call is dropped without asking', () => {
    const script = calling('z');
    const effects = script.play(...toAll('z', 'theirs'));
    expect(directed(effects)).toEqual(['z call:ended moved']);
    expect(asked(effects)).toContain('peer-close page-1');
    expect(asked(effects)).toContain('peer-accept-offer page-2');
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'theirs' });
  });

  it('announces the new call before it leaves the old one', () => {
    const effects = calling('b', 'z').play(...toAll('z', 'theirs'));
    const [first] = effects.filter(({ type }) => type === 'signaling-send');
    expect(first).toMatchObject({ type: 'signaling-send', message: { type: 'user:status' } });
  });

  it.each([
    ['a smaller id', toAll('a', 'a-call')],
    ['fewer people', calls('a', 'theirs')],
  ])('our call stands against one with %s', (_, events) => {
    const script = calling('a');
    expect(directed(script.play(...events))).toEqual([]);
    const peers = [{ phase: 'calling' }];
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'mine', peers });
  });

  it('others who were rung hear that the dropped one is over', () => {
    const script = calling('b', 'z');
    expect(directed(script.play(...toAll('z', 'theirs')))).toEqual([
      'b call:ended moved',
      'z call:ended moved',
    ]);
  });

  it.each(['a', 'z'])('before anything was sent, the call of %s is simply accepted', (other) => {
    const script = new Script({ cameraOn: true }).enter('m', [member(other)]);
    script.play({ type: 'call-pressed', newCall: 'mine' });
    expect(script.state.call.kind).toBe('starting');
    script.play(...calls(other, 'theirs'));
    const device = { id: 'cam', label: 'Camera' };
    const effects = script.play({ type: 'captured', slot: 'camera', device });
    expect(asked(effects)).toContain('peer-accept-offer page-1');
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'theirs' });
  });

  it('one that is answered stands against a third person', () => {
    const script = calling('b', 'z');
    const accepted = {
      type: 'call:accepted',
      call: 'mine',
      connection: 'page-1+b-1',
      serial: 1,
    } as const;
    script.play(
      said('b', {
        ...accepted,
        answer: { type: 'answer', sdp: 'b', mids: {} },
        media: { microphone: true, camera: true },
      }),
    );
    expect(directed(script.play(...calls('z', 'theirs')))).toEqual(['z call:declined busy']);
  });

  it('a member told busy joins the running call', () => {
    const script = calling('a');
    const declined = { call: 'mine', connection: 'page-1', reason: 'busy' } as const;
    script.play(
      statusOf('a', { call: 'running' }),
      said('a', { type: 'call:declined', ...declined }),
    );
    expect(script.state.call).toMatchObject({
      kind: 'active',
      id: 'running',
      peers: [{ member: 'a' }],
    });
  });
});

describe('inside one call', () => {
  it('of two who call each other the impolite one stands', () => {
    expect(asked(calling('a').play(...calls('a', 'mine')))).not.toContain('peer-close page-1');
    expect(asked(calling('z').play(...calls('z', 'mine')))).toContain('peer-close page-1');
  });

  it('a repeated call of a reloaded page replaces the connection', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play(...calls('a', 'theirs'), { type: 'accept-pressed' });
    script.play({ type: 'peer-done', peer: 'page-1', local: answer });
    const effects = script.play(...calls('a', 'theirs', 'a-2'));
    expect(asked(effects)).toContain('peer-close page-1');
    expect(asked(effects)).toContain('peer-accept-offer page-2');
  });

  it('a connection that was closed is not answered again', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play(...calls('a', 'theirs'), { type: 'accept-pressed' });
    script.play({ type: 'peer-done', peer: 'page-1', local: answer });
    script.play(...calls('a', 'theirs', 'a-2'));
    expect(directed(script.play(...calls('a', 'theirs')))).toEqual(['a call:declined declined']);
    expect(script.state.call).toMatchObject({ peers: [{ id: 'page-2' }] });
  });

  it('of two members of one session the second asks for admission', () => {
    const script = new Script({ cameraOn: true }).enter(
      'm',
      [member('old', { session: 's', call: 'c' })],
      { ...ROOM_SESSION, rejoin: { id: 'c', scope: 'some' } },
    );
    script.play(
      ...calls('old', 'c').slice(1),
      heard({ type: 'user:joined', user: member('new', { session: 's', call: 'c' }) }),
      ...calls('new', 'c').slice(1),
    );
    script.play({ type: 'timer-fired', timer: { kind: 'capture' } });
    expect(script.state.call).toMatchObject({ kind: 'active', peers: [{ member: 'old' }] });
    script.play(...calls('new', 'c').slice(1));
    expect(script.state.call).toMatchObject({ peers: [{ member: 'old' }] });
    expect(script.state.admissions).toMatchObject([{ from: 'new' }]);
    script.play({ type: 'accept-pressed' });
    expect(script.state.call).toMatchObject({ peers: [{ member: 'new' }] });
    script.play(heard({ type: 'user:left', id: 'old', reason: 'lost' }));
    expect(script.state.call).toMatchObject({ peers: [{ member: 'new', detached: false }] });
  });
});

it('a rejoin that waits while somebody rings is given up in time', () => {
  const script = new Script().enter('m', [member('a')], {
    ...ROOM_SESSION,
    rejoin: { id: 'gone', scope: 'some' },
  });
  script.play(...calls('a', 'other'), { type: 'timer-fired', timer: { kind: 'rejoin' } });
  expect(script.state.room).toMatchObject({ roomSession: { rejoin: null } });
  expect(script.state.call.kind).toBe('incoming');
});

it('a status is said once for a step, and is the last word of it', () => {
  const script = calling('z');
  const effects = script.play(heard(joined('m', [], true)));
  const statuses = effects.filter(
    (effect) => effect.type === 'signaling-send' && effect.message.type === 'user:status',
  );
  expect(statuses).toHaveLength(1);
});
