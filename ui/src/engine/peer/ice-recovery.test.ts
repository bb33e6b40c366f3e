// ICE recovery of an open peer: restart, replacement, announcements.

import { describe, expect, it } from 'vitest';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { asked, calls, member, Script, statusOf } from '../simulation/script';
import type { Peer } from './state';

const restartTimer: Event = { type: 'timer-fired', timer: { kind: 'restart', peer: 'page-1' } };

function connection(state: RTCPeerConnectionState): Event {
  return { type: 'peer-connection', peer: 'page-1', state };
}

/** In a call with another, connected; `m` is impolite to `a` and polite to `z`. */
function connectedTo(other: 'a' | 'z'): Script {
  const script = new Script().enter('m', [member(other)]);
  script.play({ type: 'signaling-connected' }, ...calls(other, 'c'), { type: 'accept-pressed' });
  script.play({
    type: 'peer-done',
    peer: 'page-1',
    local: { type: 'answer', sdp: 'mine', mids: {} },
  });
  script.play(connection('connecting'), connection('connected'));
  return script;
}

function pathOf({ state: { call } }: Script): Peer['path'] | undefined {
  return call.kind === 'active' ? call.peers[0]?.path : undefined;
}

function spoken(effects: readonly Effect[]): readonly (string | null)[] {
  return effects.flatMap((effect) => ('sound' in effect ? [effect.sound] : []));
}

describe('a path', () => {
  it('that comes back within a moment was never lost', () => {
    const script = connectedTo('a');
    const effects = script.play(connection('disconnected'), connection('connected'));
    expect(spoken(effects)).toEqual([]);
    expect(asked(effects)).toContain('timer-clear');
  });

  it('that stays away is announced; the impolite end restarts ICE', () => {
    const script = connectedTo('a');
    script.play(connection('disconnected'));
    const effects = script.play({ type: 'timer-fired', timer: { kind: 'path', peer: 'page-1' } });
    expect(pathOf(script)).toBe('reconnecting');
    expect(spoken(effects)).toEqual(['reconnecting']);
    expect(asked(effects)).toContain('peer-restart-ice page-1');
    expect(asked(script.play(restartTimer))).toContain('peer-restart-ice page-1');
    expect(spoken(script.play(connection('connected')))).toEqual(['connected']);
    expect(script.play(restartTimer)).toEqual([]);
  });

  it('is restarted by the polite end a little later', () => {
    const script = connectedTo('z');
    expect(asked(script.play(connection('failed')))).not.toContain('peer-restart-ice page-1');
    expect(asked(script.play(restartTimer))).toContain('peer-restart-ice page-1');
  });

  it('after failed restarts gets a new connection in the call', () => {
    const script = connectedTo('a');
    script.play(connection('failed'), restartTimer, restartTimer);
    const effects = script.play(restartTimer);
    expect(asked(effects)).toContain('peer-close page-1');
    expect(asked(effects)).toContain('peer-offer page-2');
    expect(pathOf(script)).toBe('reconnecting');
    expect(asked(effects)).not.toContain('ring');
  });

  it('to a member whose status names another call is given up', () => {
    const script = connectedTo('a');
    script.play(connection('failed'));
    script.play(statusOf('a', { call: 'c' }), statusOf('a', { call: null }));
    expect(script.state.call.kind).toBe('none');
  });
});

describe('an operation that fails', () => {
  it('on a connected path replaces the connection', () => {
    const script = connectedTo('a');
    script.play({ type: 'peer-negotiation-needed', peer: 'page-1' });
    const effects = script.play({
      type: 'peer-failed',
      peer: 'page-1',
      message: 'No.',
      fault: 'connection',
    });
    expect(asked(effects)).toContain('peer-offer page-2');
  });

  it('before there was a path ends the call in words', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play(...calls('a', 'c'), { type: 'accept-pressed' });
    const effects = script.play({
      type: 'peer-failed',
      peer: 'page-1',
      message: 'No.',
      fault: 'connection',
    });
    expect(script.state.call).toMatchObject({ kind: 'none', ended: { reason: 'failed' } });
    expect(spoken(effects)).toEqual(['lost']);
  });
});

describe('a call as one hears it', () => {
  it('rings, is silent when accepted, and announces connected', () => {
    const script = new Script().enter('m', [member('a')]);
    expect(script.play(...calls('a', 'c'))).toContainEqual({ type: 'ring', ring: 'incoming' });
    expect(script.play({ type: 'accept-pressed' })).toContainEqual({ type: 'ring', ring: 'off' });
    script.play({
      type: 'peer-done',
      peer: 'page-1',
      local: { type: 'answer', sdp: 'mine', mids: {} },
    });
    expect(spoken(script.play(connection('connected')))).toEqual(['connected']);
  });

  it('rings there until it is given up', () => {
    const script = new Script().enter('m', [member('a')]);
    const press = { type: 'call-pressed', newCall: 'c' } as const;
    expect(script.play(press)).toContainEqual({ type: 'ring', ring: 'outgoing' });
    const effects = script.play({ type: 'timer-fired', timer: { kind: 'ring', peer: 'page-1' } });
    expect(effects).toContainEqual({ type: 'ring', ring: 'off' });
    expect(script.state.call).toMatchObject({ ended: { reason: 'unanswered' } });
  });
});
