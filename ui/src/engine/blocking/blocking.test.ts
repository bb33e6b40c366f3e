// Somebody who is blocked: does not ring, is not shown, is not told, and is known again.

import { describe, expect, it } from 'vitest';

import { shownMessages } from '../chat/queries';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { shownHands, turnOf } from '../hands/order';
import { seeded } from '../simulation/random';
import {
  announced,
  asked,
  calls,
  directed,
  heard,
  member,
  said,
  Script,
  sdpOf,
  statusOf,
} from '../simulation/script';
import type { State } from '../state';
import { Meeting, sessionOf } from '../verification/testing/meeting';
import { readTalk, writeTalk, type TalkMessage } from '../wire/talk/talk-message';
import { isBlocked } from './queries';

const SETTLED_MS = 8_000;
const block = (id: string): Event => ({ type: 'person-blocked', member: id });
const unblock = (id: string): Event => ({ type: 'person-unblocked', member: id });
const callAll: Event = { type: 'call-pressed', newCall: 'mine' };

/** In a room with `a`, who is blocked, and `b`. */
function blocking(): Script {
  const script = new Script().enter('m', [member('a'), member('b')]);
  script.play({ type: 'signaling-connected' }, block('a'));
  return script;
}

function says(from: string, message: TalkMessage): Event {
  return heard({ type: 'user:message', from, payload: writeTalk(message) });
}

const text: TalkMessage = {
  type: 'chat',
  entries: [{ number: 1, clock: 1, body: { kind: 'text', text: 'hello' } }],
};

/** By the relay, as `to type`. */
function answers(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'signaling-send' || effect.message.type !== 'user:message') return [];
    const read = readTalk(effect.message.payload);
    return read.kind === 'message' ? [`${effect.message.to} ${read.message.type}`] : [];
  });
}

function shownTexts({ chat, room }: State): number {
  return room.kind === 'inside' ? shownMessages(chat, room.roomSession).length : -1;
}

describe('blocked_member', () => {
  it('does_not_ring_and_is_not_told', () => {
    const script = blocking();
    const effects = script.play(...calls('a', 'c'));
    expect(script.state.call).toEqual({ kind: 'none', ended: null });
    expect([directed(effects), announced(effects)]).toEqual([[], []]);
    script.play(...calls('b', 'd'));
    expect(script.state.call.kind).toBe('incoming');
  });

  it('takes_its_ring_back_when_it_is_blocked', () => {
    const script = new Script().enter('m', [member('a')]);
    script.play({ type: 'signaling-connected' }, ...calls('a', 'c'));
    const effects = script.play(block('a'));
    expect(script.state.call).toEqual({ kind: 'none', ended: null });
    expect(asked(effects)).toEqual(['timer-clear', 'remember-room-session', 'ring']);
  });

  it('does_not_draw_this_person_over_into_its_call', () => {
    const script = blocking();
    script.play({ type: 'call-member-pressed', member: 'b', newCall: 'mine' });
    script.play(...calls('a', 'z', 'a-1', 'everybody'));
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'mine' });
    // Without the block, its call to everybody stands over one to some.
    const other = new Script().enter('m', [member('a'), member('b')]);
    other.play({ type: 'signaling-connected' });
    other.play({ type: 'call-member-pressed', member: 'b', newCall: 'mine' });
    other.play(...calls('a', 'z', 'a-1', 'everybody'));
    expect(other.state.call).toMatchObject({ kind: 'active', id: 'z' });
  });

  it('is_not_rung_with_everybody', () => {
    const script = blocking();
    const local = { type: 'offer', sdp: 'mine', mids: {} } as const;
    script.play(callAll);
    expect(directed(script.play({ type: 'peer-done', peer: 'page-1', local }))).toEqual([
      'b user:call',
    ]);
    const alone = new Script().enter('m', [member('a')]);
    alone.play({ type: 'signaling-connected' }, block('a'));
    expect(announced(alone.play(callAll))).toEqual(['nobody-to-call']);
  });

  it('has_no_call_that_a_press_joins', () => {
    const script = blocking();
    script.play(statusOf('a', { call: 'c' }), callAll);
    expect(script.state.call).toMatchObject({ id: 'mine' });
  });

  it('comes_into_a_call_that_is_on', () => {
    const script = blocking();
    script.play(...calls('b', 'c'), { type: 'accept-pressed' });
    script.play(statusOf('a', { call: 'c' }));
    const offer = { type: 'offer', sdp: sdpOf('offer', 'a'), mids: {} } as const;
    const effects = script.play(
      said('a', {
        type: 'user:call',
        call: 'c',
        connection: 'a-1',
        serial: 1,
        offer,
        media: { microphone: true, camera: true },
        called: [],
        kind: 'video',
      }),
    );
    expect(asked(effects)).toContain('peer-accept-offer page-2');
  });

  it('writes_what_is_acknowledged_and_not_shown', () => {
    const script = blocking();
    script.play(says('a', { type: 'chat-typing' }));
    const effects = script.play(says('a', text));
    expect(answers(effects)).toEqual(['a chat-ack']);
    expect(announced(effects)).toEqual([]);
    expect(script.state.chat).toMatchObject({ unread: 0, typing: [] });
    expect(shownTexts(script.state)).toBe(0);
    script.play(says('b', text));
    expect([shownTexts(script.state), script.state.chat.unread]).toEqual([1, 1]);
    script.play(unblock('a'));
    expect(shownTexts(script.state)).toBe(2);
  });

  it('has_no_hand_and_no_reaction', () => {
    const script = blocking();
    const hand = { type: 'hand', position: 'raised', again: false } as const;
    const effects = script.play(
      says('a', { ...hand, at: 1 }),
      says('a', { type: 'reaction', reaction: 'heart' }),
      says('a', { type: 'hand:lower' }),
    );
    expect(announced(effects)).toEqual([]);
    expect(script.state.reactions.shown).toEqual([]);
    script.play(says('b', { ...hand, at: 2 }));
    const hands = shownHands(script.state);
    // The others see it before that of `b`.
    expect([turnOf(hands, 'a'), turnOf(hands, 'b')]).toEqual([null, 2]);
  });

  it('offers_files_that_are_refused_unseen', () => {
    const file = { name: 'a', size: 0, modified: 0, first: 'e3b0'.padEnd(64, '0') };
    const offer = { type: 'file-offer', transfer: 'a'.repeat(32), file } as const;
    const script = blocking();
    const effects = script.play(says('a', offer), says('a', { ...offer, type: 'file-resume' }));
    expect(answers(effects)).toEqual(['a file-refuse']);
    expect(
      effects.flatMap((each) => (each.type === 'file-heard' ? each.message.type : [])),
    ).toEqual(['file-resume']);
  });

  it('stays_blocked_over_a_reload_and_until_let_off', () => {
    const script = blocking();
    const { room } = script.state;
    if (room.kind !== 'inside') throw new Error('Nobody is inside.');
    const reloaded = new Script().enter('m', [member('a'), member('b')], room.roomSession);
    expect([isBlocked(reloaded.state, 'a'), isBlocked(reloaded.state, 'b')]).toEqual([true, false]);
    // Its id has its key in it, whatever its status says.
    const key = 'ab'.repeat(32);
    const blocked = { ...room.roomSession, blocked: [key] };
    const sealed = new Script().enter('m', [member(`relay.${key.slice(0, 16)}`)], blocked);
    expect(isBlocked(sealed.state, `relay.${key.slice(0, 16)}`)).toBe(true);
    reloaded.play(unblock('a'), ...calls('a', 'c'));
    expect(reloaded.state.call.kind).toBe('incoming');
  });
});

/** Ana has blocked Ben, whose identity she has pinned. */
function met(): Meeting {
  const call = new Meeting(seeded(1));
  for (const name of ['ana', 'ben', 'cleo']) call.enter(name);
  call.run(SETTLED_MS);
  call.dispatch('ana', block('ben'));
  return call;
}

describe('blocked_identity', () => {
  it('is_known_in_a_later_stay', () => {
    const call = met();
    call.leave('ana');
    call.leave('ben');
    call.enter('ana');
    call.enter('ben');
    expect(isBlocked(call.state('ana'), 'ben')).toBe(false);
    call.run(SETTLED_MS);
    expect(isBlocked(call.state('ana'), 'ben')).toBe(true);
    expect(isBlocked(call.state('ana'), 'cleo')).toBe(false);
  });

  it('is_known_under_another_email', () => {
    const call = met();
    call.leave('ben');
    call.enter('ben', { email: 'somebody' });
    call.run(SETTLED_MS);
    expect(isBlocked(call.state('ana'), 'ben')).toBe(true);
  });

  it('rings_no_longer_once_it_is_proven', () => {
    const call = met();
    call.leave('ben');
    call.enter('ben');
    // It rings before it has shown who it is.
    call.dispatch('ana', { type: 'leave-call-pressed' });
    call.dispatch('ana', statusOf('ben', { session: sessionOf('ben', 2), call: 'c' }));
    for (const event of calls('ben', 'c').slice(1)) call.dispatch('ana', event);
    const before = call.state('ana').call.kind;
    call.run(SETTLED_MS);
    expect([before, call.state('ana').call.kind]).toEqual(['incoming', 'none']);
  });

  it('is_let_off_for_later_stays_too', () => {
    const call = met();
    call.dispatch('ana', unblock('ben'));
    call.leave('ben');
    call.enter('ben');
    call.run(SETTLED_MS);
    expect(isBlocked(call.state('ana'), 'ben')).toBe(false);
  });

  it('that_is_compared_later_stays_blocked', () => {
    const call = met();
    const pins = call.kept.get('ana')?.pins ?? [];
    expect(pins.filter(({ blocked }) => blocked).map(({ email }) => email)).toEqual(['ben']);
    call.leave('ben');
    call.enter('ben');
    call.run(SETTLED_MS);
    expect(call.kept.get('ana')?.pins.filter(({ blocked }) => blocked)).toHaveLength(1);
  });
});
