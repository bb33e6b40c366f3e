// A declined member does not ring again at once: sounds, texts and messages.

import { describe, expect, it } from 'vitest';
import type { Effect } from '../effect';
import { calls, directed, member, Script, statusOf } from '../simulation/script';
import { timerKey } from '../timer';

function declined(): Script {
  const script = new Script().enter('m', [member('a'), member('b')]);
  script.play(...calls('a', 'c1'), { type: 'decline-pressed' });
  return script;
}

function sounds(effects: readonly Effect[]): readonly unknown[] {
  return effects.flatMap((effect) => {
    if (effect.type === 'ring') return [effect.ring];
    return 'sound' in effect && effect.sound !== null ? [effect.sound] : [];
  });
}

describe('ring_again_at_once_after_decline_is_silent', () => {
  it('and told to the caller, and shown as missed', () => {
    const script = declined();
    const effects = script.play(...calls('a', 'c2', 'a-2'));
    expect(directed(effects)).toEqual(['a call:declined declined-before']);
    expect(sounds(effects)).toEqual([]);
    expect(script.state.call).toEqual({
      kind: 'none',
      ended: { reason: 'missed', email: 'a@example.org' },
    });
  });

  it('but rings after the pause', () => {
    const script = declined();
    script.play({ type: 'timer-fired', timer: { kind: 'pause', member: 'a' } });
    script.play(...calls('a', 'c2', 'a-2'));
    expect(script.state.call.kind).toBe('incoming');
  });

  it('which grows with each decline', () => {
    const script = new Script().enter('m', [member('a')]);
    const pauses = ['c1', 'c2', 'c3', 'c4'].map((call) => {
      const effects = script.play(...calls('a', call, call), { type: 'decline-pressed' });
      script.play(statusOf('a', { call: null }), {
        type: 'timer-fired',
        timer: { kind: 'pause', member: 'a' },
      });
      return effects.flatMap((effect) =>
        effect.type === 'timer-set' && timerKey(effect.timer) === 'pause:a' ? [effect.ms] : [],
      );
    });
    expect(pauses).toEqual([[10_000], [30_000], [60_000], [60_000]]);
  });

  it('and others ring as ever', () => {
    const script = declined();
    script.play(...calls('b', 'c2'));
    expect(script.state.call).toMatchObject({ kind: 'incoming', rings: [{ from: 'b' }] });
  });

  it('also beside another ring, which goes on', () => {
    const script = declined();
    script.play(...calls('b', 'c2'));
    expect(directed(script.play(...calls('a', 'c3', 'a-3')))).toEqual([
      'a call:declined declined-before',
    ]);
    expect(script.state.call).toMatchObject({ rings: [{ from: 'b' }] });
  });

  it('unless this person calls meanwhile', () => {
    const script = declined();
    script.play({ type: 'call-pressed', newCall: 'mine' }, { type: 'leave-call-pressed' });
    script.play(...calls('a', 'c2', 'a-2'));
    expect(script.state.call.kind).toBe('incoming');
  });
});
