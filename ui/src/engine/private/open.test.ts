// What a member hears of the others, and what it drops: a hostile relay, and a hostile member that
// holds the link too.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { ClientMessage } from '../../protocol/wire';
import { bytes, delivered, End, joinedAs, pair, stayOf, status, userJoined } from './testing/end';

test('own_id_that_a_status_has_no_room_for_is_not_said', () => {
  const { ana } = pair();
  const long = `k\u0001${'x'.repeat(266)}`;
  const self = { id: long, email: 'private' };
  expect(ana.join({ id: 'b', status: '' })).toHaveLength(1);
  expect(ana.hear({ ...joinedAs('a'), self })).toEqual([]);
  expect(ana.refusals.malformed).toBe(1);
});

test('error_of_the_relay_has_no_words_of_its_own', () => {
  const { ana } = pair();
  const error = { type: 'error', about: 'room:join', code: 'too-large', message: 'evil' } as const;
  expect(ana.hear(error)).toEqual([{ ...error, message: '' }]);
});

test('message_of_any_shape_is_dropped_or_heard', () => {
  const { ana, ben } = pair();
  const types = ['room:joined', 'user:joined', 'user:status', 'user:left', 'incoming:call'];
  const fields = fc.record(
    Object.fromEntries(
      ['self', 'user', 'participants', 'from', 'payload', 'status', 'id', 'iceServers'].map(
        (name) => [name, fc.oneof(fc.jsonValue(), fc.constantFrom('a', 'b', {}, [{ id: 'b' }]))],
      ),
    ),
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.constantFrom(...types), fields, (type, rest) => {
      const text = JSON.stringify({ ...rest, type });
      for (const heard of ana.hear(JSON.parse(text))) {
        // Nobody but the member that is known.
        expect(JSON.stringify(heard)).not.toContain('email":"private');
        if ('from' in heard) expect(heard.from).toBe(ben.shownId);
      }
    }),
  );
});

describe('member', () => {
  test('is_shown_once_its_status_has_its_id', () => {
    const [ana, ben] = [new End('a'), new End('b')];
    ana.join();
    expect(ana.hear(userJoined('b', ben.status()))).toEqual([]);
    ben.join();
    expect(ana.hear(status('b', ben.status()))).toMatchObject([
      { type: 'user:joined', user: { id: ben.shownId, email: 'b@example.org' } },
    ]);
    expect(ana.refusals).toEqual({});
  });

  test('whose_status_is_not_sealed_is_not_shown', () => {
    const { ana } = pair();
    expect(ana.hear(userJoined('c', '{"session":null}'))).toEqual([]);
    expect(ana.hear({ type: 'user:message', from: 'c', payload: 'hello' })).toEqual([]);
    expect(ana.hear({ type: 'user:left', id: 'c', reason: 'left' })).toEqual([]);
    expect(ana.refusals).toEqual({ unsealed: 1, 'unknown-sender': 1 });
  });

  test('that_repeats_the_status_of_another_gets_nothing', () => {
    const { ana, ben } = pair();
    expect(ana.hear(userJoined('c', ben.status()))).toEqual([]);
    expect(ana.refusals).toEqual({ 'not-its-own': 1 });
    // Its own status comes back.
    expect(ana.hear(userJoined('d', ana.status()))).toEqual([]);
    expect(ana.hear(status('b', ana.status()))).toEqual([]);
    expect(ana.refusals).toEqual({ 'not-its-own': 3 });
  });

  test('cannot_claim_the_session_of_another', () => {
    const { ana, ben } = pair();
    const cam = new End('c');
    cam.join();
    expect(ana.hear(userJoined('c', cam.status(ben.session)))).toEqual([]);
    expect(ana.refusals).toEqual({ 'not-its-own': 1 });
  });

  test('with_another_key_in_its_place_is_another_one', () => {
    const { ana, ben } = pair();
    const other = new End('b');
    other.join();
    expect(ana.hear(status('b', other.status()))).toMatchObject([
      { type: 'user:left', id: ben.shownId },
      { type: 'user:joined', user: { id: other.shownId } },
    ]);
    // What is for the one before reaches nobody.
    expect(ana.seal(ben, 'hello')).toBeNull();
  });

  test('that_comes_back_with_the_same_keys_reuses_no_nonce', () => {
    const [ana, ben] = [new End('a'), new End('b')];
    ana.join();
    ben.join({ id: 'a', status: ana.status() });
    const said = ben.status();
    ana.hear(userJoined('b', said));
    const first = ana.seal(ben, 'first');
    const heard = ben.seal(ana, 'once');
    expect(ana.hear(delivered('b', heard))).toHaveLength(1);
    ana.hear({ type: 'user:left', id: 'b', reason: 'lost' });
    expect(ana.hear(userJoined('b', said))).toHaveLength(1);
    const again = ana.seal(ben, 'again');
    const counters = [first, again].map((message) =>
      message !== null && 'payload' in message ? message.payload.slice(0, 12) : null,
    );
    expect(new Set(counters)).not.toContain(null);
    expect(counters[0]).not.toBe(counters[1]);
    expect(ana.hear(delivered('b', heard))).toEqual([]);
    expect(ana.refusals.repeated).toBe(1);
  });

  test('has_one_email_for_ever_under_one_key', () => {
    const signing = bytes();
    const ana = new End('a');
    const ben = new End('b', 'private', stayOf('private', 'ben@example.org', signing));
    const other = new End('c', 'private', stayOf('private', 'eva@example.org', signing));
    ana.join();
    ben.join();
    other.join();
    expect(ana.hear(userJoined('b', ben.status()))).toHaveLength(1);
    ana.hear({ type: 'user:left', id: 'b', reason: 'left' });
    other.status();
    expect(ana.hear(userJoined('c', other.status()))).toEqual([]);
    expect(ana.refusals['not-its-own']).toBe(1);
  });

  test('that_left_is_not_replaced_by_the_word_of_the_relay', () => {
    const { ana, ben } = pair();
    const left = { type: 'user:left', id: 'b', reason: 'lost', replacedBy: 'c' } as const;
    expect(ana.hear(left)).toEqual([{ type: 'user:left', id: ben.shownId, reason: 'lost' }]);
  });

  test('is_one_of_as_many_as_a_room_has', () => {
    const { ana } = pair();
    for (let n = 0; n < 100; n += 1) ana.hear(userJoined(`x${n}`, ''));
    expect(ana.refusals).toEqual({ unsealed: 63, 'too-many': 37 });
  });
});

describe('status', () => {
  test('that_was_there_before_is_dropped', () => {
    const { ana, ben } = pair();
    const [first, second] = [ben.status(), ben.status()];
    expect(ana.hear(status('b', second))).toHaveLength(1);
    expect(ana.hear(status('b', second))).toEqual([]);
    expect(ana.hear(status('b', first))).toEqual([]);
    expect(ana.refusals).toEqual({ repeated: 2 });
    // The relay shows the newest one to a member that is back.
    expect(ana.join({ id: 'b', status: second })).toMatchObject([
      { participants: [{ id: ben.shownId }] },
    ]);
    expect(ana.refusals).toEqual({ repeated: 2 });
  });

  test('from_before_a_reload_is_dropped_after_it', () => {
    const { ana, ben } = pair();
    const old = Array.from({ length: 50 }, () => ben.status());
    ben.reload();
    ben.join();
    expect(ana.hear(status('b', ben.status()))).toMatchObject([{ from: ben.shownId }]);
    for (const text of old) expect(ana.hear(status('b', text))).toEqual([]);
  });
});

describe('payload', () => {
  test('is_heard_once_and_in_order', () => {
    const { ana, ben } = pair();
    const [first, second, third] = ['1', '2', '3'].map((text) => ben.seal(ana, text) ?? null);
    const hear = (message: ClientMessage | null | undefined): readonly unknown[] =>
      ana.hear(delivered('b', message ?? null)).map((heard) => 'payload' in heard && heard.payload);
    expect([first, first, third, second, third].flatMap(hear)).toEqual(['1', '3']);
    expect(ana.refusals).toEqual({ repeated: 3 });
  });

  test('for_a_page_that_was_reloaded_does_not_open', () => {
    const { ana, ben } = pair();
    const early = ana.seal(ben, 'early');
    ben.reload();
    ben.join({ id: 'a', status: ana.status() });
    expect(ben.hear(delivered('a', early))).toEqual([]);
    expect(ben.refusals).toEqual({ unopened: 1 });
    ana.hear(status('b', ben.status()));
    const late = ben.hear(delivered('a', ana.seal(ben, 'late')));
    expect(late).toMatchObject([{ payload: 'late', from: ana.shownId }]);
  });

  test('of_another_member_does_not_open', () => {
    const { ana, ben } = pair();
    const cam = new End('c');
    cam.join({ id: 'a', status: ana.status() });
    ana.hear(userJoined('c', cam.status()));
    expect(ana.hear(delivered('c', ben.seal(ana, 'hello')))).toEqual([]);
    expect(ana.refusals).toEqual({ unopened: 1 });
  });
});

describe('open room', () => {
  test('has_readable_statuses_and_sealed_payloads', () => {
    const { ana, ben } = pair('open');
    expect(atob(ana.status().replaceAll('-', '+').replaceAll('_', '/'))).toContain('a@example.org');
    const sealed = delivered('a', ana.seal(ben, 'hello'));
    expect(JSON.stringify(sealed)).not.toContain('hello');
    expect(ben.hear(sealed)).toMatchObject([{ from: ana.shownId, payload: 'hello' }]);
  });

  test('has_only_members_whose_statuses_are_signed', () => {
    const { ana } = pair('open');
    const plain = '{"session":null,"call":null}';
    expect(ana.hear(userJoined('c', plain))).toEqual([]);
    expect(ana.hear({ type: 'user:joined', user: { id: 'd', email: 'd@example.org' } })).toEqual(
      [],
    );
    const message = { call: 'c', offer: { type: 'offer', sdp: 'v=0' } };
    const ring = { type: 'incoming:call', from: 'c', payload: JSON.stringify(message) } as const;
    expect(ana.hear(ring)).toEqual([]);
    expect(ana.strangers).toBe(2);
    expect(ana.refusals).toEqual({ unsealed: 2, 'unknown-sender': 1 });
  });

  test('has_nothing_for_who_repeats_a_status', () => {
    const { ana, ben } = pair('open');
    const repeated = ben.status();
    expect(ana.hear(userJoined('c', repeated))).toEqual([]);
    // The relay may even say it of an id that is there.
    expect(ana.hear(status('b', ana.status()))).toEqual([]);
    expect(ana.refusals).toEqual({ 'not-its-own': 2 });
    expect(ana.seal(ben, 'still Ben')).not.toBeNull();
  });

  test('hears_no_description_of_another_key_as_one_of_ben', () => {
    const { ana, ben } = pair('open');
    // A relay that knows all statuses speaks with keys of its own from Ben's place.
    const relay = new End('b', 'open');
    relay.join({ id: 'a', status: ana.status() });
    const offer = relay.seal(ana, '{"call":"c"}', 'user:call');
    expect(offer).not.toBeNull();
    expect(ana.hear(delivered('b', offer))).toEqual([]);
    expect(ana.refusals).toEqual({ unopened: 1 });
    // If it shows its key there, Ben is gone and somebody else is there.
    expect(ana.hear(status('b', relay.status()))).toMatchObject([
      { type: 'user:left', id: ben.shownId },
      { type: 'user:joined', user: { id: relay.shownId } },
    ]);
  });

  test('is_another_room_than_that_of_another_name', () => {
    const { ana } = pair('open');
    const elsewhere = new End('c', 'open', { ...stayOf('open', 'c@example.org'), room: '43' });
    elsewhere.join();
    expect(ana.hear(userJoined('c', elsewhere.status()))).toEqual([]);
    expect(ana.refusals).toEqual({ unsigned: 1 });
  });

  test('has_its_errors_with_the_words_of_the_relay', () => {
    const { ana } = pair('open');
    const error = { type: 'error', about: 'room:join', code: 'too-large', message: 'why' } as const;
    expect(ana.hear(error)).toEqual([error]);
  });
});

/** Of a room, what grows. */
function sizeOf(end: End): number {
  return JSON.stringify(end.state, (_, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...value] : value,
  ).length;
}

// Of somebody who holds the link, and of a relay: a minute at the rate that the relay allows.
describe('junk_at_the_allowed_rate', () => {
  const MESSAGES = 3_000;

  test('of_a_relay_is_counted_and_changes_nothing', () => {
    const { ana, ben } = pair();
    const before = sizeOf(ana);
    const shapes = ['', '.', 'AgA', 'AQ.AQ', 'A'.repeat(1_000), 'Ag'.repeat(600), '\u0000'];
    for (let at = 0; at < MESSAGES; at += 1) {
      const payload = shapes[at % shapes.length] ?? '';
      expect(ana.hear({ type: 'incoming:call', from: 'b', payload })).toEqual([]);
      expect(ana.hear({ type: 'user:message', from: 'b', payload })).toEqual([]);
      expect(ana.hear(status('b', payload))).toEqual([]);
    }
    const count = Object.values(ana.refusals).reduce((sum, each) => sum + each, 0);
    // A greeting is nothing before the first epoch.
    expect(count).toBeGreaterThan(2.8 * MESSAGES);
    expect(sizeOf(ana) - before).toBeLessThan(4_096);
    expect(ana.hear(delivered('b', ben.seal(ana, 'hello')))).toHaveLength(1);
  });

  test('of_a_member_goes_to_the_engine_and_grows_nothing_here', () => {
    const { ana, ben } = pair();
    const before = sizeOf(ana);
    let heard = 0;
    for (let at = 0; at < MESSAGES; at += 1) {
      const junk = ben.seal(ana, `{"junk":${at}`, at % 2 === 0 ? 'user:call' : 'user:message');
      heard += ana.hear(delivered('b', junk)).length;
    }
    // Reading them, and muting who says them, is up to the engine (talk/talk.test.ts).
    expect(heard).toBe(MESSAGES);
    expect(sizeOf(ana) - before).toBeLessThan(128);
  });
});
