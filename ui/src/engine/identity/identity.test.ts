// Identities: pinned at first sight, marked once compared, loud where they change, and kept.

import { describe, expect, it } from 'vitest';

import { seeded } from '../simulation/random';
import type { State } from '../state';
import { codeName } from '../verification/queries';
import { Meeting, ROOM, sessionOf, type Tamper } from '../verification/testing/meeting';
import { codeShown } from '../verification/testing/shown';
import { MAX_PINS } from './pins';
import { isLoud, standingOf, type Standing } from './queries';
import { identityOf } from './testing/known-signatures';

const SETTLED_MS = 8_000;

function meeting(tamper?: Tamper): Meeting {
  return new Meeting(seeded(1), tamper);
}

/** How `by` knows the member. */
function standing({ identity, room }: State, member: string): Standing['kind'] | 'nobody' {
  const members = room.kind === 'inside' ? room.members : [];
  const found = members.find(({ id }) => id === member);
  if (found === undefined) return 'nobody';
  return standingOf(identity, { email: found.email, session: found.status.session }).kind;
}

function compare(call: Meeting, name: string, result: 'same' | 'different' = 'same'): void {
  const { stage } = call.state(name).verification;
  if (stage.kind !== 'round') throw new Error('There is no code.');
  call.dispatch(name, { type: 'code-compared', code: codeName(stage), result, at: 5_000 });
}

function met(...names: readonly string[]): Meeting {
  const call = meeting();
  for (const name of names) call.enter(name);
  call.run(SETTLED_MS);
  return call;
}

describe('identity', () => {
  it('is_pinned_at_first_sight', () => {
    const call = met('ana', 'ben');
    expect(standing(call.state('ana'), 'ben')).toBe('first-seen');
    const { key } = identityOf('ben', ROOM, sessionOf('ben'));
    const [pin, ...others] = call.kept.get('ana')?.pins ?? [];
    expect([pin?.email, pin?.key, pin?.compared, others]).toEqual(['ben', key, null, []]);
  });

  it('is_marked_when_the_codes_were_compared', () => {
    const call = met('ana', 'ben', 'cleo');
    compare(call, 'ana');
    expect(standing(call.state('ana'), 'ben')).toBe('compared');
    expect(standing(call.state('ana'), 'cleo')).toBe('compared');
    expect(standing(call.state('ben'), 'ana')).toBe('first-seen');
  });

  it('keeps_its_mark_when_somebody_comes', () => {
    const call = met('ana', 'ben');
    compare(call, 'ana');
    call.enter('cleo');
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'ben')).toBe('compared');
    expect(standing(call.state('ana'), 'cleo')).toBe('first-seen');
  });

  it('keeps_its_mark_over_a_reload_and_in_a_later_stay', () => {
    const call = met('ana', 'ben');
    compare(call, 'ana');
    call.reload('ana');
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'ben')).toBe('compared');
    call.leave('ben');
    call.enter('ben');
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'ben')).toBe('compared');
  });

  it('is_known_whatever_the_clock_said', () => {
    const future = 9e15;
    const pins = [{ email: 'ben', key: identityOf('ben', ROOM, sessionOf('ben')).key }];
    const call = meeting();
    const seen = pins.map((pin) => ({ ...pin, firstSeen: future, compared: null, blocked: false }));
    call.kept.set('ana', { pins: seen });
    for (const name of ['ana', 'ben']) call.enter(name);
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'ben')).toBe('first-seen');
    compare(call, 'ana');
    const { identity } = call.state('ana');
    expect(identity.pins).toMatchObject([{ compared: 5_000, blocked: false }]);
    expect(standing(call.state('ana'), 'ben')).toBe('compared');
  });

  it('is_not_marked_by_codes_that_differ', () => {
    const call = met('ana', 'ben');
    compare(call, 'ana', 'different');
    expect(standing(call.state('ana'), 'ben')).toBe('first-seen');
  });

  it('answer_about_an_earlier_code_marks_nobody', () => {
    const call = met('ana', 'ben');
    const { stage } = call.state('ana').verification;
    if (stage.kind !== 'round') throw new Error('There is no code.');
    call.enter('cleo');
    call.run(SETTLED_MS);
    const code = codeName(stage);
    call.dispatch('ana', { type: 'code-compared', code, result: 'same', at: 1 });
    expect(standing(call.state('ana'), 'cleo')).toBe('first-seen');
  });

  it('that_changed_is_loud_and_never_pinned_by_itself', () => {
    const call = met('ana', 'ben');
    compare(call, 'ana');
    const before = call.kept.get('ana')?.pins;
    call.leave('ben');
    call.enter('mallory', { email: 'ben' });
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'mallory')).toBe('changed');
    call.reload('ana');
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'mallory')).toBe('changed');
    expect(call.kept.get('ana')?.pins).toEqual(before);
  });

  it('that_changed_is_known_after_a_comparison', () => {
    const call = met('ana', 'ben');
    call.leave('ben');
    call.enter('ben', { identity: 'a new computer of ben' });
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'ben')).toBe('changed');
    compare(call, 'ana');
    expect(standing(call.state('ana'), 'ben')).toBe('compared');
    call.leave('ben');
    call.enter('ben');
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'ben')).toBe('first-seen');
  });

  it('is_another_one_after_a_reload_and_the_code_is_made', () => {
    const call = met('ana', 'ben');
    call.reload('ben', { identity: 'a new identity of ben' });
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'ben')).toBe('changed');
    expect(codeShown(call.state('ana'))).not.toBeNull();
    expect(codeShown(call.state('ana'))).toBe(codeShown(call.state('ben')));
  });

  it('that_comes_before_the_pins_are_loaded_is_not_pinned', () => {
    const call = met('ana', 'ben');
    const before = call.kept.get('ana');
    call.leave('ana');
    call.leave('ben');
    call.enter('mallory', { email: 'ben' });
    call.enter('ana');
    // The storage takes 20 ms, and the way at least 1 ms.
    for (let step = 0; step < 200; step += 1) {
      call.run(1);
      expect(['unknown', 'changed']).toContain(standing(call.state('ana'), 'mallory'));
    }
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'mallory')).toBe('changed');
    expect(call.kept.get('ana')).toEqual(before);
  });

  it('of_somebody_who_was_compared_under_another_email_is_told', () => {
    const call = met('ana', 'ben');
    compare(call, 'ana');
    call.leave('ben');
    call.enter('ben', { email: 'benjamin' });
    call.run(SETTLED_MS);
    const { identity } = call.state('ana');
    const seen = standingOf(identity, { email: 'benjamin', session: sessionOf('ben', 2) });
    expect(seen).toEqual({ kind: 'renamed', email: 'ben', at: 5_000 });
  });

  it('of_an_email_in_other_letters_is_the_same', () => {
    const call = met('ana', 'ben');
    call.leave('ben');
    call.enter('mallory', { email: 'BEN' });
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'mallory')).toBe('changed');
  });

  it('that_is_withheld_by_a_known_person_is_loud', () => {
    let withheld = false;
    const call = meeting((from, _to, message) =>
      withheld && from === 'ben' && message.type === 'identity' ? [] : [message],
    );
    call.enter('ana');
    call.enter('ben');
    call.run(SETTLED_MS);
    withheld = true;
    call.leave('ben');
    call.enter('ben');
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'ben')).toBe('missing');
    expect(codeShown(call.state('ana'))).toBeNull();
    withheld = false;
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'ben')).toBe('first-seen');
  });

  it('that_did_not_sign_is_loud', () => {
    const { signature } = identityOf('mallory', ROOM, sessionOf('ben'));
    const call = meeting((from, _to, message) =>
      from === 'ben' && message.type === 'identity' ? [{ ...message, signature }] : [message],
    );
    call.enter('ana');
    call.enter('ben');
    call.run(SETTLED_MS);
    expect(standing(call.state('ana'), 'ben')).toBe('false');
    expect(call.kept.get('ana')?.pins).toEqual([]);
  });

  it('of_a_forgotten_person_is_seen_for_the_first_time_again', () => {
    const call = met('ana', 'ben');
    compare(call, 'ana');
    call.leave('ben');
    call.enter('ben', { identity: 'a new computer of ben' });
    call.run(SETTLED_MS);
    call.dispatch('ana', { type: 'person-forgotten', email: 'ben', at: 9_000 });
    expect(standing(call.state('ana'), 'ben')).toBe('first-seen');
    expect(call.kept.get('ana')?.pins).toHaveLength(1);
  });

  it('is_not_pinned_at_sight_when_too_many_are', () => {
    const call = meeting();
    const pins = Array.from({ length: MAX_PINS }, (_, at) => ({
      email: `person ${at}`,
      key: 'ab'.repeat(32),
      firstSeen: 1,
      compared: null,
      blocked: false,
    }));
    call.kept.set('ana', { pins });
    call.enter('ana');
    call.enter('ben');
    call.run(SETTLED_MS);
    expect(call.kept.get('ana')?.pins).toHaveLength(MAX_PINS);
    compare(call, 'ana');
    expect(standing(call.state('ana'), 'ben')).toBe('compared');
  });

  it('is_asked_for_in_rooms_with_proven_sessions_only', () => {
    const call = met('ana', 'ben');
    const { room } = call.state('ana');
    if (room.kind !== 'inside') throw new Error('Outside.');
    const { sealed: _, ...open } = room.roomSession;
    call.leave('ana');
    call.dispatch('ben', { type: 'leave-room-pressed' });
    call.dispatch('ben', { type: 'join-pressed', roomSession: open });
    call.run(SETTLED_MS);
    expect(call.state('ben').identity.own).toBeNull();
  });
});

it('loud_standings_are_those_that_may_be_somebody_else', () => {
  const at = 0;
  const all: readonly Standing[] = [
    { kind: 'unknown' },
    { kind: 'first-seen', at },
    { kind: 'compared', at },
    { kind: 'renamed', email: '', at },
    { kind: 'changed', before: 'seen' },
    { kind: 'missing', before: 'seen' },
    { kind: 'false' },
  ];
  const loud = all.filter(isLoud).map(({ kind }) => kind);
  expect(loud).toEqual(['changed', 'missing', 'false']);
});
