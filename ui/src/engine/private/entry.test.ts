// Who is inside a private room: locked and unlocked, asked, let in, turned away, removed, among several
// ends that a relay connects.

import { describe, expect, test } from 'vitest';

import type { EntryAsk } from '../entry/events';
import type { ClientMessage, MemberId, ServerMessage } from '../../protocol/wire';
import { delivered, End, joinedAs, status, userJoined } from './testing/end';

/** A relay: it delivers what its members say, in order. */
class Room {
  readonly ends = new Map<MemberId, End>();
  private readonly statuses = new Map<MemberId, string>();
  /** What each end has heard by its engine. */
  readonly heard = new Map<MemberId, ServerMessage[]>();

  enter(id: MemberId, end = new End(id)): End {
    const text = end.status();
    this.statuses.set(id, text);
    this.ends.set(id, end);
    this.note(id, end.hear(this.joined(id)));
    this.tell(id, userJoined(id, text));
    this.deliver();
    return end;
  }

  leave(id: MemberId): void {
    this.ends.delete(id);
    this.statuses.delete(id);
    this.tell(id, { type: 'user:left', id, reason: 'left' });
    this.deliver();
  }

  /** The page is loaded again, at its place. */
  reload(id: MemberId): void {
    const end = this.end(id);
    end.reload();
    const text = end.status();
    this.statuses.set(id, text);
    this.note(id, end.hear(this.joined(id)));
    this.tell(id, status(id, text));
    this.deliver();
  }

  change(id: MemberId, ask: EntryAsk): void {
    this.note(id, this.end(id).change(ask));
  }

  end(id: MemberId): End {
    const end = this.ends.get(id);
    if (end === undefined) throw new Error(`No ${id}.`);
    return end;
  }

  /** Until nobody says anything more. */
  deliver(): void {
    for (let rounds = 0; rounds < 100; rounds += 1) {
      const said = [...this.ends].flatMap(([id, end]) =>
        end.said.splice(0).map((message) => [id, message] as const),
      );
      if (said.length === 0) return;
      for (const [id, message] of said) this.received(id, message);
    }
    throw new Error('They say something for ever.');
  }

  /** The ids of the members that this end shows. */
  shows(id: MemberId): readonly MemberId[] {
    const shown = new Set<MemberId>();
    for (const message of this.heard.get(id) ?? []) {
      if (message.type === 'room:joined') {
        shown.clear();
        for (const each of message.participants) shown.add(each.id);
      } else if (message.type === 'user:joined') shown.add(message.user.id);
      else if (message.type === 'user:left') shown.delete(message.id);
    }
    return [...shown].map((each) => each.split('.')[0] ?? '').toSorted();
  }

  private joined(id: MemberId): ServerMessage {
    const participants = [...this.statuses]
      .filter(([other]) => other !== id)
      .map(([other, text]) => ({ id: other, email: 'private', status: text }));
    return { ...joinedAs(id), participants };
  }

  private received(from: MemberId, message: ClientMessage): void {
    if (message.type === 'user:status') {
      this.statuses.set(from, message.status);
      this.tell(from, status(from, message.status));
    } else if ('to' in message) {
      this.note(message.to, this.ends.get(message.to)?.hear(delivered(from, message)) ?? []);
    }
  }

  private tell(from: MemberId, message: ServerMessage): void {
    for (const [id, end] of this.ends) if (id !== from) this.note(id, end.hear(message));
  }

  private note(id: MemberId, heard: readonly ServerMessage[]): void {
    this.heard.set(id, [...(this.heard.get(id) ?? []), ...heard]);
  }
}

function roomOf(...ids: readonly MemberId[]): Room {
  const room = new Room();
  for (const id of ids) room.enter(id);
  return room;
}

const LOCK = { kind: 'set', entry: 'locked' } as const;
const UNLOCK = { kind: 'set', entry: 'open' } as const;

function locked(...ids: readonly MemberId[]): Room {
  const room = roomOf(...ids);
  room.change(ids[0] ?? '', LOCK);
  room.deliver();
  return room;
}

describe('locked room', () => {
  test('has_those_inside_as_before', () => {
    const room = locked('a', 'b');
    expect(room.shows('a')).toEqual(['b']);
    expect(room.shows('b')).toEqual(['a']);
    expect(room.end('b').told).toContainEqual({
      type: 'entry-changed',
      entry: 'locked',
      as: 'news',
    });
  });

  test('shows_and_hears_nobody_who_only_holds_the_link', () => {
    const room = locked('a', 'b');
    const cam = room.enter('c');
    expect([room.shows('a'), room.shows('b'), room.shows('c')]).toEqual([['b'], ['a'], []]);
    expect(cam.told).toEqual([{ type: 'entry-own', own: 'outside' }]);
    const asked = { type: 'entry-asked', member: cam.shownId, email: 'c@example.org' };
    expect(room.end('a').told).toContainEqual(asked);
    expect(room.end('b').told).toContainEqual(asked);
    // Those outside do not see each other.
    room.enter('d');
    expect([room.shows('c'), room.shows('d')]).toEqual([[], []]);
  });

  test('lets_in_who_is_let_in_by_anybody_inside', () => {
    const room = locked('a', 'b');
    const cam = room.enter('c');
    room.change('b', { kind: 'let-in', member: cam.shownId });
    room.deliver();
    expect([room.shows('a'), room.shows('b'), room.shows('c')]).toEqual([
      ['b', 'c'],
      ['a', 'c'],
      ['a', 'b'],
    ]);
    expect(cam.told).toContainEqual({ type: 'entry-own', own: 'inside' });
    const over = { type: 'entry-ask-over', member: cam.shownId };
    expect(room.end('a').told).toContainEqual(over);
    expect(room.end('b').told).toContainEqual(over);
    // The one let in may let in others.
    const dan = room.enter('d');
    room.change('c', { kind: 'let-in', member: dan.shownId });
    room.deliver();
    expect(room.shows('d')).toEqual(['a', 'b', 'c']);
  });

  test('tells_who_is_turned_away', () => {
    const room = locked('a', 'b');
    const cam = room.enter('c');
    room.change('a', { kind: 'turn-away', member: cam.shownId });
    room.deliver();
    expect(cam.told).toContainEqual({ type: 'entry-refused', as: 'turned-away' });
    room.leave('c');
    const over = { type: 'entry-ask-over', member: cam.shownId };
    expect(room.end('a').told).toContainEqual(over);
    expect(room.end('b').told).toContainEqual(over);
  });

  test('that_is_unlocked_lets_all_in', () => {
    const room = locked('a', 'b');
    room.enter('c');
    room.change('b', UNLOCK);
    room.deliver();
    expect(room.shows('c')).toEqual(['a', 'b']);
    room.enter('d');
    expect(room.shows('d')).toEqual(['a', 'b', 'c']);
    expect(room.shows('a')).toEqual(['b', 'c', 'd']);
  });

  test('has_a_reloaded_page_inside', () => {
    const room = locked('a', 'b', 'c');
    room.reload('b');
    expect(room.shows('b')).toEqual(['a', 'c']);
    expect(room.shows('a')).toEqual(['b', 'c']);
    expect(room.end('b').told.at(-1)).toEqual({
      type: 'entry-changed',
      entry: 'locked',
      as: 'known',
    });
  });

  test('that_all_left_is_open_to_who_waits', () => {
    const room = locked('a');
    const cam = room.enter('c');
    room.leave('a');
    expect(cam.told.at(-1)).toEqual({ type: 'entry-own', own: 'inside' });
    room.enter('d');
    expect(room.shows('c')).toEqual(['d']);
    expect(room.shows('d')).toEqual(['c']);
  });

  test('locked_by_two_at_once_is_one_room', () => {
    const room = roomOf('a', 'b', 'c');
    room.change('a', LOCK);
    room.change('b', LOCK);
    room.deliver();
    for (const [id, others] of [
      ['a', ['b', 'c']],
      ['b', ['a', 'c']],
      ['c', ['a', 'b']],
    ] as const) {
      expect(room.shows(id)).toEqual(others);
    }
    // All have the same secret, so each of them can let somebody in, and all see the newcomer.
    const dan = room.enter('d');
    room.change('c', { kind: 'let-in', member: dan.shownId });
    room.deliver();
    expect(room.shows('a')).toEqual(['b', 'c', 'd']);
  });

  test('locked_while_somebody_is_away_has_them_inside', () => {
    const room = roomOf('a', 'b', 'c');
    const ben = room.end('b');
    // Ben hears nothing for a while.
    room.ends.delete('b');
    room.change('a', LOCK);
    room.deliver();
    room.ends.set('b', ben);
    room.reload('b');
    expect(room.shows('b')).toEqual(['a', 'c']);
    expect(room.shows('c')).toEqual(['a', 'b']);
  });
});

describe('removed member', () => {
  test('is_shown_to_nobody_and_learns_nothing_more', () => {
    const room = locked('a', 'b', 'c');
    const cam = room.end('c');
    room.change('a', { kind: 'remove', member: cam.shownId });
    room.deliver();
    expect(cam.told).toContainEqual({ type: 'entry-refused', as: 'removed' });
    expect([room.shows('a'), room.shows('b')]).toEqual([['b'], ['a']]);
    const left = { type: 'user:left', id: cam.shownId, reason: 'removed' };
    expect(room.heard.get('b')).toContainEqual(left);
    // Its page goes on in spite of it.
    const before = room.heard.get('c')?.length;
    room.end('a').status();
    room.reload('c');
    expect([room.shows('a'), room.shows('b')]).toEqual([['b'], ['a']]);
    expect(room.heard.get('c')?.length).toBe((before ?? 0) + 1);
    expect(room.shows('c')).toEqual([]);
  });

  test('asks_like_anybody_who_comes_by_the_link', () => {
    const room = roomOf('a', 'b');
    room.change('a', { kind: 'remove', member: room.end('b').shownId });
    room.deliver();
    room.leave('b');
    const again = room.enter('b2');
    expect(room.shows('a')).toEqual([]);
    expect(again.told).toEqual([{ type: 'entry-own', own: 'outside' }]);
  });
});

describe('notice', () => {
  test('of_somebody_outside_changes_nothing_inside', () => {
    const room = locked('a', 'b');
    const cam = room.enter('c');
    // It takes itself for inside, with an epoch of its own.
    cam.hear(userJoined('x', ''));
    const outsider = new End('c2');
    outsider.join({ id: 'a', status: '' });
    outsider.change(LOCK);
    expect(outsider.said.length).toBeGreaterThan(0);
    const before = room.end('a').told.length;
    for (const message of outsider.said) {
      if ('payload' in message) room.end('a').hear(delivered('c', message));
    }
    expect(room.end('a').told).toHaveLength(before);
    expect(room.shows('b')).toEqual(['a']);
  });
});
