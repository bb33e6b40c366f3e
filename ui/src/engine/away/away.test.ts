// Away: hidden for five minutes, and back at once.

import { expect, it } from 'vitest';

import type { Effect } from '../effect';
import { member, Script } from '../simulation/script';
import { readStatus } from '../wire/status';

function told(effects: readonly Effect[]): readonly boolean[] {
  return effects.flatMap((effect) =>
    effect.type === 'signaling-send' && effect.message.type === 'user:status'
      ? [readStatus(effect.message.status).away]
      : [],
  );
}

it('hidden_page_is_told_away_after_five_minutes', () => {
  const script = new Script().enter('m', [member('a')]);
  const hidden = script.play({ type: 'page-hidden' }, { type: 'page-hidden' });
  expect(hidden).toEqual([{ type: 'timer-set', timer: { kind: 'away' }, ms: 300_000 }]);
  const away = script.play({ type: 'timer-fired', timer: { kind: 'away' } });
  expect(told(away)).toEqual([true]);
  expect(away.filter(({ type }) => type === 'announce')).toEqual([]);
  expect(told(script.play({ type: 'page-shown' }))).toEqual([false]);
});

it('page_shown_in_time_is_not_away', () => {
  const script = new Script().enter('m', [member('a')]);
  script.play({ type: 'page-hidden' }, { type: 'page-shown' });
  expect(told(script.play({ type: 'timer-fired', timer: { kind: 'away' } }))).toEqual([]);
});

it('newcomer_behind_other_windows_joins_as_away', () => {
  const script = new Script();
  script.play({ type: 'page-hidden' }, { type: 'timer-fired', timer: { kind: 'away' } });
  expect(told(script.enter('m', [member('a')]).play({ type: 'page-shown' }))).toEqual([false]);
});
