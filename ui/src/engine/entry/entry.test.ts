// What a person sees and does about who comes into a private room, as tables of events.

import { expect, test } from 'vitest';

import { announced, heard, joined, member, ROOM_SESSION, Script } from '../simulation/script';
import { shownAsks } from './queries';

const SEALED = { secret: '1.a', signing: 'b', load: 0 };

/** In a private room with `a`, as `m`. */
function inside(): Script {
  const roomSession = { ...ROOM_SESSION, sealed: SEALED };
  return new Script().enter('m', [member('a')], roomSession);
}

const ASKS = { type: 'entry-asked', member: 'c', email: 'cam@example.org' } as const;
const asksOf = ({ state }: Script) => shownAsks(state).map((ask) => ask.member);

test('press_on_the_lock_asks_for_the_other_state', () => {
  const script = inside();
  const lock = { type: 'signaling-entry', ask: { kind: 'set', entry: 'locked' } };
  expect(script.play({ type: 'room-lock-toggled' })).toContainEqual(lock);
  const news = script.play({ type: 'entry-changed', entry: 'locked', as: 'news' });
  expect(announced(news)).toEqual(['room-locked']);
  const unlock = { type: 'signaling-entry', ask: { kind: 'set', entry: 'open' } };
  expect(script.play({ type: 'room-lock-toggled' })).toContainEqual(unlock);
});

test('open_room_has_no_lock', () => {
  const script = new Script().enter('m', [member('a')]);
  expect(script.play({ type: 'room-lock-toggled' })).toEqual([]);
});

test('who_asks_is_told_and_listed_until_it_is_over', () => {
  const script = inside();
  expect(announced(script.play(ASKS))).toEqual(['asks-to-come-in']);
  expect(asksOf(script)).toEqual(['c']);
  const letIn = { type: 'signaling-entry', ask: { kind: 'let-in', member: 'c' } };
  expect(script.play({ type: 'let-in-pressed', member: 'c' })).toContainEqual(letIn);
  script.play({ type: 'entry-ask-over', member: 'c' });
  expect(asksOf(script)).toEqual([]);
});

test('who_was_turned_away_does_not_disturb_for_a_minute', () => {
  const script = inside();
  script.play(ASKS);
  const effects = script.play({ type: 'turn-away-pressed', member: 'c' });
  const timer = { kind: 'turned-away', email: 'cam@example.org' } as const;
  expect(effects).toContainEqual({ type: 'timer-set', timer, ms: 60_000 });
  script.play({ type: 'entry-ask-over', member: 'c' });
  // Under a new key.
  expect(announced(script.play({ ...ASKS, member: 'c2' }))).toEqual([]);
  expect(asksOf(script)).toEqual([]);
  expect(announced(script.play({ type: 'timer-fired', timer }))).toEqual(['asks-to-come-in']);
  expect(asksOf(script)).toEqual(['c2']);
});

test('from_outside_nothing_is_asked_and_being_let_in_is_told', () => {
  const script = inside();
  expect(announced(script.play({ type: 'entry-own', own: 'outside' }))).toEqual([
    'waiting-outside',
  ]);
  expect(script.play({ type: 'room-lock-toggled' })).toEqual([]);
  expect(announced(script.play({ type: 'entry-own', own: 'inside' }))).toEqual(['let-in']);
});

test.each(['turned-away', 'removed'] as const)('who_is_%s_is_in_the_lobby_and_told', (as) => {
  const script = inside();
  const effects = script.play({ type: 'entry-refused', as });
  expect(effects).toContainEqual({ type: 'signaling-leave' });
  expect(script.state.room.kind).toBe('outside');
  expect(script.state.problem).toEqual({ field: 'room', reason: { code: as } });
});

test('reload_keeps_the_epoch_and_a_new_stay_is_open', () => {
  const script = inside();
  const effects = script.play({ type: 'entry-kept', epoch: 'e' });
  const sealed = { ...SEALED, epoch: 'e' };
  const roomSession = { ...ROOM_SESSION, sealed };
  expect(effects).toContainEqual({ type: 'remember-room-session', roomSession });
  script.play(
    { type: 'entry-changed', entry: 'locked', as: 'known' },
    { type: 'leave-room-pressed' },
  );
  script.play({ type: 'join-pressed', roomSession: ROOM_SESSION }, heard(joined('m', [])));
  expect(script.state.entry.entry).toBe('open');
});
